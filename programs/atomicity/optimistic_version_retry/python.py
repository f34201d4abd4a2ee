import threading


class Page:
    def __init__(self):
        self.edition = 0
        self.body = ""
        self.press = threading.Lock()

    def publish(self, body, based_on):
        with self.press:
            if self.edition != based_on:
                return False
            self.body = body
            self.edition = based_on + 1
            return True


page = Page()


def edit(letter):
    while True:
        based_on = page.edition
        body = page.body
        if page.publish(body + letter, based_on):
            break


threads = [threading.Thread(target=edit, args=(each,)) for each in ("p", "q")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
