"""Ten thousand strings for tokenizers, by a generator that test/diffusion/strings.ts has too."""

WORDS = (
    "a an the fox Fox FOX lighthouse keeper's daughter at dawn they're walking it's he'll never we've don't I'm o'clock rock'n'roll "
    "storybook illustration soft light, watercolour painting, 8k 1234567890 v1.5 caf\u00e9 cafe\u0301 na\u00efve fa\u00e7ade \u00fcber stra\u00dfe STRASSE \u0130stanbul "
    "\u039f\u0394\u039f\u03a3 \u03bb\u03cc\u03b3\u03bf\u03c2 \u043f\u0440\u0438\u0432\u0435\u0442 \u041c\u0418\u0420 \u4f60\u597d\u4e16\u754c \u65e5\u672c\u8a9e\u306e\u6587 \u3053\u3093\u306b\u3061\u306f \ud55c\uad6d\uc5b4 \u05e9\u05dc\u05d5\u05dd \u0627\u0644\u0633\u0644\u0627\u0645 \u0928\u092e\u0938\u094d\u0924\u0947 \u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35 \ufb01ne \u212bngstr\u00f6m "
    "(red hair:1.3) [rain] \"quoted\" \u201ccurly\u201d it\u2019s ... -- \u2014 \u2026 #tag @name $5 100% a&b x\u00b2 \u00bd \u2167 <|endoftext|> <|startoftext|> <|EndOfText|> end</w> \u0120word"
).split()
EMOJI = (
    "\U0001f600 \U0001f98a \u2764 \u2764\ufe0f \u2603\ufe0f \U0001f44d\U0001f3fd \U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 \U0001f3f3\ufe0f\u200d\U0001f308 \U0001f1e9\U0001f1ea \U0001f1ef\U0001f1f5 1\ufe0f\u20e3 #\ufe0f\u20e3 \u00a9 \u2122 \U0001f9d1\U0001f3ff\u200d\U0001f680 \U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f \U0001d54f \U00010400"
).split()
PIECES = ["'", "'s", "'t", "'re", "'ve", "'m", "'ll", "'d", "'S", "'LL", "''", "\u2019s", "n't", "s'", "!", "?!", ".", ",", ",,", ";", ":", "-", "_", "/", "\\", "(", ")", "<", "|", ">", "0", "7", "42", "x", "Q"]
SPACES = [" ", " ", " ", "  ", ", ", "\t", "\n", "\r\n", "\u00a0", "\u3000", "\u2028", "\u0085", "\u200b", "\ufeff", ""]
# Blocks whose letters have stood in Unicode for long: the newest ones are not the same in all programs.
BLOCKS = [
    (0x20, 0x7E), (0x20, 0x7E), (0xA0, 0x17F), (0x180, 0x24F), (0x250, 0x2FF), (0x300, 0x36F), (0x370, 0x3FF), (0x400, 0x4FF), (0x531, 0x58A), (0x591, 0x5F4), (0x600, 0x6FF), (0x900, 0x97F),
    (0xE01, 0xE5B), (0x10A0, 0x10FF), (0x1100, 0x11FF), (0x1E00, 0x1EFF), (0x1F00, 0x1FFE), (0x2000, 0x206F), (0x2070, 0x209C), (0x20A0, 0x20BF), (0x2100, 0x218B), (0x2190, 0x23FF), (0x2460, 0x24FF),
    (0x2500, 0x27BF), (0x3000, 0x303F), (0x3041, 0x30FF), (0x3400, 0x4DB5), (0x4E00, 0x9FA5), (0xAC00, 0xD7A3), (0xE000, 0xE0FF), (0xF900, 0xFA6D), (0xFB00, 0xFB06), (0xFE00, 0xFE0F), (0xFF01, 0xFF5E),
    (0x10400, 0x1044F), (0x1D400, 0x1D7CB), (0x1F300, 0x1F5FF), (0x1F600, 0x1F64F), (0x20000, 0x2A6D6), (0xE0020, 0xE007F),
]


class Draws:
    """Numerical Recipes' linear congruence."""

    def __init__(self, seed):
        self.state = seed

    def below(self, limit):
        self.state = (self.state * 1664525 + 1013904223) % 2**32
        return self.state * limit // 2**32

    def of(self, choices):
        return choices[self.below(len(choices))]


def string(draws):
    kind = draws.below(10)
    count = 1 + draws.below(40)
    if kind < 3:
        return draws.of(SPACES).join(draws.of(WORDS) for _ in range(count))
    if kind == 3:
        return " ".join(draws.of(WORDS) for _ in range(300 if count <= 4 else count))
    if kind == 4:
        return "".join(draws.of(PIECES) + (draws.of(SPACES) if draws.below(3) == 0 else "") for _ in range(count))
    if kind == 5:
        return "".join(draws.of(EMOJI) + (draws.of(SPACES) if draws.below(2) == 0 else "") for _ in range(count))
    if kind == 6:
        return "".join(chr(draws.below(0xA0)) for _ in range(count))
    if kind == 7:
        first, last = draws.of(BLOCKS)
        return "".join(chr(first + draws.below(last - first + 1)) for _ in range(count))
    if kind == 8:
        return "".join(draws.of(draws.of([WORDS, EMOJI, PIECES, SPACES])) for _ in range(count))
    letters = []
    for _ in range(count):
        first, last = draws.of(BLOCKS)
        letters.append(chr(first + draws.below(last - first + 1)))
    return "".join(letters)


def strings(count, seed=1):
    draws = Draws(seed)
    return [string(draws) for _ in range(count)]
