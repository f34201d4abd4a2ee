# expect: error
import multiprocessing


def work():
    print("never")


child = multiprocessing.get_context("spawn").Process(target=work)
child.start()
child.join()
print(child.exitcode)
