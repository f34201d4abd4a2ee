import threading

ledger = threading.Lock()
entries = []


def book():
    with ledger:
        entries.append("rent")


clerk = threading.Thread(target=book)
with ledger:
    clerk.start()
    entries.append("wages")
    clerk.join()
