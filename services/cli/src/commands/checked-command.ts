import { Command, type ErrorOptions, InvalidArgumentError, type Option, type ParseOptionsResult } from 'commander';

/** A negative number is none. */
const isOption = (word: string): boolean => /^-[^\d.]/.test(word);

const isEndOfOptions = (word: string): boolean => word === '--';

const upTo = (words: readonly string[], isEnd: (word: string) => boolean): readonly string[] => {
  const end = words.findIndex(isEnd);
  return end === -1 ? words : words.slice(0, end);
};

/** The last word of a command line is an option that takes a value. */
class ValueMissing extends Error {}

/** Tells every problem of a command line at once, in the words of commander, which stops at the first. */
export class CheckedCommand extends Command {
  readonly #required: Option[] = [];
  readonly #wrongValues = new Set<string>();
  /** The first unknown option, and behind it all words but options that are known. */
  #unknown: readonly string[] = [];

  constructor(name?: string) {
    super(name);
    this.hook('preAction', () => {
      const problems = this.#problems();
      if (problems.length > 0) super.error(problems.join('\n'));
    });
  }

  override createCommand(name?: string): CheckedCommand {
    return new CheckedCommand(name);
  }

  override addOption(option: Option): this {
    const { parseArg } = option;
    if (parseArg) {
      option.argParser((text, before) => {
        try {
          return parseArg(text, before);
        } catch (error) {
          if (!(error instanceof InvalidArgumentError)) throw error;
          this.#wrongValues.add(`error: option '${option.flags}' argument '${text}' is invalid. ${error.message}`);
          return before;
        }
      });
    }
    if (option.mandatory) this.#required.push(option.makeOptionMandatory(false));
    return super.addOption(option);
  }

  override parseOptions(words: string[]): ParseOptionsResult {
    try {
      const parsed = super.parseOptions(words);
      this.#unknown = parsed.unknown;
      return parsed;
    } catch (error) {
      if (!(error instanceof ValueMissing)) throw error;
      this.#wrongValues.add(error.message);
      return this.parseOptions(words.slice(0, -1));
    }
  }

  /** What commander finds stands among all that is wrong; for an unknown option it may know what was meant. */
  override error(message: string, options?: ErrorOptions): never {
    if (options?.code === 'commander.optionMissingArgument') throw new ValueMissing(message);
    const problems = this.#problems();
    const place = problems.findIndex((problem) => message.startsWith(problem));
    const all = place === -1 ? [message, ...problems] : problems.with(place, message);
    return super.error(all.join('\n'), options);
  }

  #problems(): string[] {
    const unknown = this.#unknownOptions().map((option) => `error: unknown option '${option}'`);
    if (this.commands.length > 0) return unknown;
    return [...unknown, ...this.#wrongValues, ...this.#missingOptions(), ...this.#wrongArguments()];
  }

  /** Of a command with commands, only what stands before their names: behind, it may be an option of theirs. */
  #unknownOptions(): readonly string[] {
    if (this.commands.length > 0) return upTo(this.args, (word) => !isOption(word));
    return [...new Set(upTo(this.#unknown, isEndOfOptions).filter(isOption))];
  }

  #missingOptions(): string[] {
    const told = [...this.#wrongValues].join('\n');
    return this.#required
      .filter((option) => this.getOptionValue(option.attributeName()) === undefined)
      .filter(({ flags }) => !told.includes(`'${flags}'`))
      .map(({ flags }) => `error: required option '${flags}' not specified`);
  }

  /** A word right behind an unknown option may be its value: with it none is missing, and without it none too many. */
  #wrongArguments(): string[] {
    const operands = this.args.slice(0, this.args.length - this.#unknown.length);
    const options = upTo(this.#unknown, isEndOfOptions);
    const behindEnd = this.#unknown.slice(options.length + 1);
    const words = options.filter((word) => !isOption(word));
    const surely = options.filter((word, n) => !isOption(word) && !isOption(options[n - 1] ?? ''));
    return [
      ...missingArguments(this, operands.length + words.length + behindEnd.length),
      ...excessArguments(this, [...operands, ...surely, ...behindEnd]),
    ];
  }
}

const missingArguments = ({ registeredArguments }: Command, count: number): string[] =>
  registeredArguments
    .slice(count)
    .filter(({ required }) => required)
    .map((argument) => `error: missing required argument '${argument.name()}'`);

const excessArguments = (command: Command, given: readonly string[]): string[] => {
  const expected = command.registeredArguments;
  if (given.length <= expected.length || expected.at(-1)?.variadic) return [];
  const count = `${expected.length} argument${expected.length === 1 ? '' : 's'}`;
  return [
    `error: too many arguments for '${command.name()}'. Expected ${count} but got ${given.length}: ${given.join(', ')}.`,
  ];
};
