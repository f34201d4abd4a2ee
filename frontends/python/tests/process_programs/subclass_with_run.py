# expect: proved
from multiprocessing import Process, current_process, parent_process


class Worker(Process):
    def __init__(self, number):
        super().__init__(name=f"worker {number}")
        self.number = number
        self.result = None

    def run(self):
        self.result = self.number * 2
        print(self.name, self.result, current_process() is self, parent_process().name)


if __name__ == "__main__":
    worker = Worker(4)
    worker.start()
    worker.join()
    print(worker.result, worker.is_alive(), worker.name)
