package dev.socketserver.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A program in C, compiled on the machine on which it runs.
 *
 * @param file the executable
 */
public record Program(Path file) {

	/** What programs include. */
	private static final String COMMON = "common.h";

	private static final int COMPILE_SECONDS = 60;

	/**
	 * Compiles a program with the system's compiler.
	 * @param name the name of its source, which is on the class path, without {@code .c}
	 * @param options further options of the compiler, such as libraries
	 * @param directory an existing directory for the program and for the output of the
	 * compiler
	 * @return the program
	 * @throws BenchmarkException if there is no compiler, or it fails
	 * @throws IOException if the directory cannot be written to
	 * @throws InterruptedException if the thread is interrupted meanwhile
	 */
	public static Program compile(String name, List<String> options, Path directory)
			throws IOException, InterruptedException {
		Path source = directory.resolve(name + ".c");
		Path file = directory.resolve(name);
		Path log = directory.resolve(name + "-cc.log");
		copy(name + ".c", source);
		copy(COMMON, directory.resolve(COMMON));
		Process compiler;
		try {
			List<String> command = new ArrayList<>(
					List.of("cc", "-O2", "-Wall", "-Wextra", "-o", file.toString(), source.toString()));
			// Libraries must come after the source that needs them.
			command.addAll(options);
			compiler = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
		}
		catch (IOException ex) {
			throw new BenchmarkException(
					"The benchmarks need a C compiler, and there is no 'cc' on the PATH: install gcc or clang", ex);
		}
		try {
			if (!compiler.waitFor(COMPILE_SECONDS, TimeUnit.SECONDS)) {
				throw new BenchmarkException("cc has not compiled " + source + " within " + COMPILE_SECONDS + " s");
			}
		}
		finally {
			compiler.destroyForcibly();
		}
		if (compiler.exitValue() != 0) {
			throw new BenchmarkException("cc cannot compile " + source + ":\n"
					+ Files.readString(log, StandardCharsets.UTF_8).stripTrailing());
		}
		return new Program(file);
	}

	private static void copy(String name, Path target) throws IOException {
		try (InputStream in = Program.class.getResourceAsStream(name)) {
			if (in == null) {
				throw new BenchmarkException(name + " is not on the class path");
			}
			Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING);
		}
	}

}
