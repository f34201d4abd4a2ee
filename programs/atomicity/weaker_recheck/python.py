import threading

rope = 10
knife = threading.Lock()


def cut(climber):
    global rope
    if rope >= 6:
        with knife:
            if rope > 0:
                rope -= 6


threads = [threading.Thread(target=cut, args=(each,)) for each in ("ivy", "jim")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
