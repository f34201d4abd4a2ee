import threading

slots = {"noon": True}
bookings = []


def book(patient):
    if any(slots.values()):
        slots["noon"] = False
        bookings.append(patient)


threads = [threading.Thread(target=book, args=(each,)) for each in ("zac", "amy")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
