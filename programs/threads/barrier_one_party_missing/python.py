import threading

line = threading.Barrier(3)
crossed = []


def walk(person):
    line.wait()
    crossed.append(person)


threads = [threading.Thread(target=walk, args=(each,)) for each in (1, 2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
