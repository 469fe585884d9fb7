package dev.socketserver.benchmarks.density;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import dev.socketserver.benchmarks.BenchmarkException;
import dev.socketserver.benchmarks.ChildProcess;
import org.jspecify.annotations.Nullable;

/**
 * A process that answers each line on its standard input with a number on a line, and
 * ends with its standard input: so it does when this JVM ends in any way.
 */
final class Commanded implements AutoCloseable {

	private static final int END_SECONDS = 10;

	private final Process process;

	private final BufferedReader answers;

	private final Path log;

	private Commanded(Process process, Path log) {
		this.process = process;
		this.answers = process.inputReader();
		this.log = log;
	}

	/**
	 * Starts a process.
	 * @param name its name, unique in the run
	 * @param command what to run
	 * @param directory an existing directory for its log
	 * @return the process
	 */
	static Commanded start(String name, List<String> command, Path directory) {
		Path log = directory.resolve(name + ".log");
		try {
			return new Commanded(new ProcessBuilder(command).redirectError(log.toFile()).start(), log);
		}
		catch (IOException ex) {
			throw new BenchmarkException(name + " cannot be started", ex);
		}
	}

	/**
	 * Gives a command, and waits for its end.
	 * @param command the command
	 * @return the answer
	 * @throws BenchmarkException if the process has failed
	 */
	long ask(String command) {
		try {
			this.process.outputWriter().append(command).append('\n').flush();
			return answer();
		}
		catch (IOException ex) {
			throw failure(ex);
		}
	}

	/**
	 * Waits for a number that the process tells without being asked.
	 * @return the number
	 * @throws BenchmarkException if the process has failed
	 */
	long answer() {
		try {
			String line = this.answers.readLine();
			if (line == null) {
				throw failure(null);
			}
			return Long.parseLong(line.strip());
		}
		catch (IOException | NumberFormatException ex) {
			throw failure(ex);
		}
	}

	private BenchmarkException failure(@Nullable Exception cause) {
		try {
			return new BenchmarkException(this.log.getFileName() + ": "
					+ (Files.exists(this.log) ? Files.readString(this.log).strip() : "no log"), cause);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	long pid() {
		return this.process.pid();
	}

	/** Ends the process; returns when it is gone, or cannot be ended. */
	@Override
	public void close() {
		ChildProcess.end(this.process, END_SECONDS);
	}

}
