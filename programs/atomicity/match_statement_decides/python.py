import threading

phase = "parked"
launches = []


def launch(pilot):
    global phase
    match phase:
        case "parked":
            launches.append(pilot)
            phase = "flying"
        case _:
            pass


threads = [threading.Thread(target=launch, args=(each,)) for each in ("rae", "sol")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
