/** The longest passage whose repetition is noticed. */
const longest = 2_000;

/** How often the passage has to stand there. */
const times = 20;

/**
 * How much text the repetitions have to be. What people mean to repeat is shorter: a board of 200 equal cells has some
 * 7,000 characters, a map of 50 by 50 zeros 8,000.
 */
const much = 10_000;

/** How much white space nobody means: the lines between two figures drawn in letters are fewer. */
const blank = 4_000;

/** How many characters come between two looks. */
const step = 1_000;

/** Notices when a model writes the same passage again and again without end. */
export function loopDetector(): { push(text: string): boolean } {
  let end = "";
  let unseen = 0;
  return {
    /** Takes the next piece of the answer; true once the end of the text so far only repeats itself. */
    push(text) {
      end += text;
      unseen += text.length;
      if (unseen < step) return false;
      unseen = 0;
      end = end.slice(-longest * times);
      return isBlank(end) || repeats(end);
    },
  };
}

const isBlank = (text: string) => text.length >= blank && !/\S/.test(text.slice(-blank));

/**
 * Finds for each distance how long the end of the text equals what stands that far before it. What is known of shorter
 * distances is used for longer ones (the Z algorithm, from the end), so that each character is compared about once.
 */
function repeats(text: string): boolean {
  const last = text.length - 1;
  const equal: number[] = [];
  let from = 0;
  let to = 0;
  for (let distance = 1; distance <= Math.min(longest, last); distance++) {
    let length = distance < to ? Math.min(to - distance, equal[distance - from] ?? 0) : 0;
    while (distance + length <= last && text.charCodeAt(last - length) === text.charCodeAt(last - length - distance))
      length += 1;
    if (distance + length >= Math.max(much, times * distance)) return true;
    equal[distance] = length;
    if (distance + length > to) [from, to] = [distance, distance + length];
  }
  return false;
}
