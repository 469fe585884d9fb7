package dev.socketserver.benchmarks;

import java.util.Iterator;
import java.util.List;

/**
 * The arguments of a command line: names of options, each with a value.
 */
public final class Arguments {

	private final Iterator<String> remaining;

	private final String usage;

	private String name = "";

	/**
	 * Creates the arguments.
	 * @param arguments names and values, in turn
	 * @param usage tells which options there are
	 */
	public Arguments(List<String> arguments, String usage) {
		this.remaining = arguments.iterator();
		this.usage = usage;
	}

	/**
	 * Goes on to the next option.
	 * @return whether there is one
	 */
	public boolean next() {
		boolean more = this.remaining.hasNext();
		if (more) {
			this.name = this.remaining.next();
		}
		return more;
	}

	/** Returns the name of the option. */
	public String name() {
		return this.name;
	}

	/**
	 * Returns the value of the option. To be called once.
	 * @throws BenchmarkException if there is none
	 */
	public String value() {
		if (!this.remaining.hasNext()) {
			throw new BenchmarkException("The option '" + this.name + "' needs a value");
		}
		return this.remaining.next();
	}

	/**
	 * Returns the value of the option. To be called once.
	 * @param least the least that it may be
	 * @throws BenchmarkException if it is no such number
	 */
	public int number(int least) {
		return number(least, Integer.MAX_VALUE);
	}

	/**
	 * Returns the value of the option. To be called once.
	 * @param least the least that it may be
	 * @param most the most that it may be
	 * @throws BenchmarkException if it is no such number
	 */
	public int number(int least, int most) {
		String value = value();
		try {
			int number = Integer.parseInt(value);
			if (number >= least && number <= most) {
				return number;
			}
		}
		catch (NumberFormatException ex) {
			// Reported below.
		}
		String range = least + ((most < Integer.MAX_VALUE) ? " to " + most : "");
		throw new BenchmarkException(
				"The option '" + this.name + "' needs a number from " + range + ", not '" + value + "'");
	}

	/** Says that there is no such option. */
	public BenchmarkException unknown() {
		return new BenchmarkException("There is no option '" + this.name + "'\n\n" + this.usage);
	}

}
