import threading

porch = threading.Condition()
milk = []
drunk = []


def cat():
    with porch:
        while not milk:
            porch.wait(timeout=0.5)
        drunk.append(milk.pop())


def milkman():
    with porch:
        milk.append("bowl")
        porch.notify()


threads = [threading.Thread(target=cat), threading.Thread(target=milkman)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
