# expect: proved
import multiprocessing

values = [1]
print("imported as", __name__)


def show():
    print(values)


if __name__ == "__main__":
    values.append(2)
    context = multiprocessing.get_context("spawn")
    child = context.Process(target=show)
    child.start()
    child.join()
    print(child.exitcode)
