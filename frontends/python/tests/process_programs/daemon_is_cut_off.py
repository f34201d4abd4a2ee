# expect: proved
from multiprocessing import Event, Process


def wait_for_ever(event):
    event.wait()
    print("never")


if __name__ == "__main__":
    child = Process(target=wait_for_ever, args=(Event(),), daemon=True)
    child.start()
    print(child.daemon, child.is_alive())
