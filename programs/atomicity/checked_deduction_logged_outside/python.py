import threading

till = threading.Lock()
cash = 9
journal = []


def refund(customer):
    global cash
    with till:
        if cash < 6:
            journal.append("sorry")
            return
        cash -= 6
    journal.append("refunded")


threads = [threading.Thread(target=refund, args=(each,)) for each in (1, 2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
