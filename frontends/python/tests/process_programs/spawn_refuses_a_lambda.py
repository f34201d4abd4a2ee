# expect: proved
import multiprocessing

if __name__ == "__main__":
    child = multiprocessing.get_context("spawn").Process(target=lambda: None)
    try:
        child.start()
    except Exception as error:
        print(type(error).__name__)
