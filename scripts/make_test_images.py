#!/usr/bin/env python3
"""Makes tests/images: small pictures of every kind, and what other programs read from them.

Run from the project's folder on Debian 12 after
`apt-get install python3-pil libjpeg-turbo-progs netpbm imagemagick`:

    /usr/bin/python3 scripts/make_test_images.py

What is expected comes from libjpeg-turbo's djpeg and libpng's pngtopnm, never from gridiron.
"""
import json
import os
import subprocess
import zlib
from array import array

from PIL import Image, ImageOps

FOLDER = "tests/images"
WIDTH, HEIGHT = 61, 47


def scene(width=WIDTH, height=HEIGHT, maximum=255):
    """A colour gradient with a disc, a ring and stripes; rows of (red, green, blue)."""
    rows = []
    for y in range(height):
        row = []
        for x in range(width):
            red, green, blue = x / width, y / height, 1 - (x + y) / (width + height)
            distance = ((x - width / 3) ** 2 + (y - height / 2) ** 2) ** 0.5
            if distance < height / 4:
                red, green, blue = 0.9, 0.2 + distance / height, 0.1
            elif distance < height / 3:
                red, green, blue = 0.05, 0.1, 0.7
            if x > width * 0.7 and (x + y) // 3 % 2:
                red, green, blue = 0.95, 0.95, 0.9
            row.append(tuple(round(value * maximum) for value in (red, green, blue)))
        rows.append(row)
    return rows


def ppm(rows, maximum=255):
    head = b"P6 %d %d %d\n" % (len(rows[0]), len(rows), maximum)
    size = 2 if maximum > 255 else 1
    return head + b"".join(value.to_bytes(size, "big") for row in rows for p in row for value in p)


def run(*command, stdin=b""):
    return subprocess.run(command, input=stdin, stdout=subprocess.PIPE, check=True).stdout


def write(name, data):
    with open(f"{FOLDER}/{name}", "wb") as file:
        file.write(data)


def read_pnm(data):
    """Width, height, maximum, samples a pixel, values."""
    kind, width, height, rest = data.split(maxsplit=3)
    if kind == b"P4":
        width, height = int(width), int(height)
        pixels = data[-height * ((width + 7) // 8):]
        stride = (width + 7) // 8
        bits = [1 - (pixels[y * stride + x // 8] >> 7 - x % 8 & 1)
                for y in range(height) for x in range(width)]
        return width, height, 1, 1, bits
    maximum = int(rest.split(maxsplit=1)[0])
    width, height = int(width), int(height)
    samples = 3 if kind == b"P6" else 1
    size = 2 if maximum > 255 else 1
    pixels = data[-width * height * samples * size:]
    values = [int.from_bytes(pixels[i:i + size], "big") for i in range(0, len(pixels), size)]
    return width, height, maximum, samples, values


def expected(pnm):
    """Check values of 1000 times the luma and of three times the average, as 32-bit integers."""
    width, height, maximum, samples, values = read_pnm(pnm)
    scale = 1 if maximum == 65535 else 255 // maximum
    white = 65535 if maximum == 65535 else 255
    if samples == 1:
        values = [value for value in values for _ in range(3)]
    luma, average = array("I"), array("I")
    for i in range(0, len(values), 3):
        red, green, blue = (value * scale for value in values[i:i + 3])
        luma.append(299 * red + 587 * green + 114 * blue)
        average.append(red + green + blue)
    return {
        "width": width,
        "height": height,
        "maximum": white,
        "luma": zlib.crc32(luma.tobytes()),
        "average": zlib.crc32(average.tobytes()),
    }


def near(pnm):
    """As expected(), but with every 97th luma instead of check values."""
    width, height, maximum, _, values = read_pnm(pnm)
    pixels = range(0, width * height, 97)
    weights = 0.299, 0.587, 0.114
    lumas = [sum(w * v for w, v in zip(weights, values[3 * i:3 * i + 3])) for i in pixels]
    return {"width": width, "height": height, "maximum": maximum,
            "every97th": [round(luma, 3) for luma in lumas]}


def make_jpegs():
    colour = ppm(scene())
    cjpeg = lambda *flags, data=colour: run("cjpeg", "-quality", "85", *flags, stdin=data)
    write("grey.jpg", cjpeg("-grayscale"))
    write("grey_progressive.jpg", cjpeg("-grayscale", "-progressive"))
    for name, sample in [("444", "1x1"), ("422", "2x1"), ("420", "2x2"), ("440", "1x2")]:
        write(f"colour_{name}.jpg", cjpeg("-sample", sample))
        write(f"colour_{name}_progressive.jpg", cjpeg("-sample", sample, "-progressive"))
    write("colour_411.jpg", cjpeg("-sample", "4x1"))
    write("restart.jpg", cjpeg("-restart", "3B"))
    write("restart_progressive.jpg", cjpeg("-restart", "1", "-progressive"))
    write("optimized.jpg", cjpeg("-optimize"))
    write("rgb.jpg", cjpeg("-rgb"))
    for width, height in [(1, 1), (7, 9), (17, 1), (1, 33)]:
        write(f"size_{width}x{height}.jpg", cjpeg(data=ppm(scene(width, height))))
    write("arithmetic.jpg", cjpeg("-arithmetic"))
    Image.open(f"{FOLDER}/colour_444.jpg").convert("CMYK").save(f"{FOLDER}/cmyk.jpg", quality=85)
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.open(f"{FOLDER}/colour_444.jpg").convert("L").save(
        f"{FOLDER}/orientation_6.jpg", quality=85, exif=exif)


def make_pngs():
    save = lambda name, image, **options: image.save(f"{FOLDER}/{name}", **options)
    rows = scene()
    image = Image.frombytes("RGB", (WIDTH, HEIGHT), ppm(rows)[-3 * WIDTH * HEIGHT:])
    grey = image.convert("L")
    alpha = Image.frombytes("L", (WIDTH, HEIGHT), bytes(
        4 * x % 256 for y in range(HEIGHT) for x in range(WIDTH)))
    save("grey_1.png", grey.convert("1"))
    save("grey_8.png", grey)
    save("grey_8_transparent.png", grey, transparency=200)
    save("grey_alpha_8.png", Image.merge("LA", (grey, alpha)))
    save("colour_8.png", image)
    save("colour_8_transparent.png", image, transparency=(230, 51, 26))
    save("colour_alpha_8.png", Image.merge("RGBA", (*image.split(), alpha)))
    for bits in 1, 2, 4, 8:
        colours = min(2 ** bits, 200)
        indexed = image.quantize(colours)
        save(f"indexed_{bits}.png", indexed, bits=bits)
    save("indexed_8_transparent.png", image.quantize(50), transparency=bytes(range(50)))
    save("animated.png", grey, save_all=True, append_images=[ImageOps.invert(grey)], duration=100)

    deep = ppm(scene(maximum=65535), 65535)
    write("colour_16.png", run("pnmtopng", "-quiet", stdin=deep))
    grey_16 = run("ppmtopgm", stdin=deep)
    write("grey_16.png", run("pnmtopng", "-quiet", stdin=grey_16))
    write("colour_16_interlaced.png", run("pnmtopng", "-quiet", "-interlace", stdin=deep))
    write("grey_16_interlaced.png", run("pnmtopng", "-quiet", "-interlace", stdin=grey_16))
    write("colour_8_interlaced.png", run("pnmtopng", "-quiet", "-interlace", stdin=ppm(rows)))
    for bits in 1, 2, 4:
        maximum = 2 ** bits - 1
        level = b"P5 %d %d %d\n" % (WIDTH, HEIGHT, maximum) + bytes(
            value * (maximum + 1) // 256 for value in grey.tobytes())
        write(f"grey_{bits}_interlaced.png", run("pnmtopng", "-quiet", "-interlace", stdin=level))
        if bits > 1:
            write(f"grey_{bits}.png", run("pnmtopng", "-quiet", stdin=level))
    for width, height in [(1, 1), (3, 2), (5, 5), (1, 9)]:
        write(f"size_{width}x{height}_interlaced.png",
              run("pnmtopng", "-quiet", "-interlace", stdin=ppm(scene(width, height))))
    for name in "nofilter", "sub", "up", "avg", "paeth":
        write(f"{name}.png", run("pnmtopng", "-quiet", f"-{name}", stdin=ppm(rows)))
    magick = lambda kind: run(
        "convert", f"{FOLDER}/colour_alpha_8.png", "-strip", "-interlace", "PNG", f"{kind}:-")
    write("colour_alpha_16_interlaced.png", magick("PNG64"))
    write("indexed_8_interlaced.png", run(
        "convert", f"{FOLDER}/indexed_8.png", "-strip", "-interlace", "PNG", "PNG8:-"))


def expectations():
    figures = {}
    for name in sorted(os.listdir(FOLDER)):
        path = f"{FOLDER}/{name}"
        if name in ("cmyk.jpg", "arithmetic.jpg"):
            continue
        if name == "orientation_6.jpg":
            # exif_transpose turns it clockwise; djpeg's own values stay what they are.
            _, _, _, _, values = read_pnm(run("djpeg", "-pnm", path))
            stored = Image.frombytes("L", (WIDTH, HEIGHT), bytes(values))
            upright = stored.transpose(Image.Transpose.ROTATE_270)
            check = ImageOps.exif_transpose(Image.open(path))
            assert upright.tobytes() == check.convert("L").tobytes()
            figures[name] = expected(b"P5 %d %d 255\n" % upright.size + upright.tobytes())
        elif name.startswith("colour_440"):
            # Versions of libjpeg-turbo round differently when they smooth chroma downwards only.
            figures[name] = near(run("djpeg", "-pnm", "-dct", "int", path))
        elif name.endswith(".jpg"):
            figures[name] = expected(run("djpeg", "-pnm", "-dct", "int", path))
        elif name.endswith(".png"):
            figures[name] = expected(run("pngtopnm", "-quiet", path))
    with open(f"{FOLDER}/expected.json", "w") as file:
        json.dump(figures, file, indent=2)
        file.write("\n")


if __name__ == "__main__":
    make_jpegs()
    make_pngs()
    expectations()
