"""Writes label files as NIH published them, with its counts and made-up films (used by fetch.py).

30,805 patients with 112,120 films, 1,431 of them with Pneumonia; the last 2,797 patients are tested on.
"""

HEADER = (
    "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,"
    "OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y]"
)
BOXES_HEADER = "Image Index,Finding Label,Bbox [x,y,w,h],,,"
PATIENTS, TRAINED = 30_805, 28_008
FILMS, TRAIN_FILMS = 112_120, 86_524
PNEUMONIAS = 1_431
BOXES, BOXED = 984, 880
SIGNS = ("No Finding", "Effusion", "Cardiomegaly|Emphysema", "No Finding", "Atelectasis|Mass|Nodule")
BOXED_SIGNS = (
    "Atelectasis", "Cardiomegaly", "Effusion", "Infiltrate", "Mass", "Nodule", "Pneumonia", "Pneumothorax",
)  # fmt: skip


def films():
    """(patient, number) of every film, in order."""
    for first, end, count in ((0, TRAINED, TRAIN_FILMS), (TRAINED, PATIENTS, FILMS - TRAIN_FILMS)):
        each, more = divmod(count, end - first)
        for patient in range(first, end):
            for number in range(each + (patient - first < more)):
                yield patient + 1, number


def name(film):
    return f"{film[0]:08d}_{film[1]:03d}.png"


def row(index, film):
    signs = SIGNS[index % len(SIGNS)]
    if index % (FILMS // PNEUMONIAS) == 0 and index // (FILMS // PNEUMONIAS) < PNEUMONIAS:
        signs = "Infiltration|Pneumonia" if index % 2 else "Pneumonia"
    age, sex, view = 20 + film[0] % 70, "MF"[film[0] % 2], ("PA", "AP")[index % 2]
    return f"{name(film)},{signs},{film[1]},{film[0]},{age},{sex},{view},2500,2048,0.168,0.168"


def write(path, lines, end="\n", last=True):
    with open(path, "w", newline="") as file:
        for number, line in enumerate(lines):
            file.write(line if number == 0 else end + line)
        file.write(end if last else "")
    return path


def label_lines():
    yield HEADER
    for index, film in enumerate(films()):
        yield row(index, film)


def train_lines():
    return (name(film) for film in films() if film[0] <= TRAINED)


def test_lines():
    return (name(film) for film in films() if film[0] > TRAINED)


def box_lines():
    yield BOXES_HEADER
    boxed = [one for one, _ in zip(test_lines(), range(BOXED))]
    for index in range(BOXES):
        # The films beyond the last come a second time, with another sign.
        sign = BOXED_SIGNS[(index + index // BOXED) % len(BOXED_SIGNS)]
        yield f"{boxed[index % BOXED]},{sign},{225.25 + index % 7},547.5,86.75,79.125,,,"
