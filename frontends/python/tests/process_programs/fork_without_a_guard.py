# expect: proved
import multiprocessing

multiprocessing.set_start_method("fork")


class Box:
    made = 0

    def __init__(self, content):
        self.content = content
        Box.made += 1


box = Box([1])


def look():
    box.content.append(2)
    Box.made += 10
    print(box.content, Box.made)


child = multiprocessing.Process(target=look)
box.content.append(5)
child.start()
child.join()
print(box.content, Box.made)
