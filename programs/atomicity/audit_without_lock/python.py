import threading

vault = threading.Lock()
chests = {"oak": 40, "elm": 0}
audits = []


def shift():
    with vault:
        chests["oak"] -= 15
        chests["elm"] += 15


def audit():
    audits.append(chests["oak"] + chests["elm"])


threads = [threading.Thread(target=shift), threading.Thread(target=audit)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
