package dev.socketserver.benchmarks.density;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.socketserver.benchmarks.BenchmarkException;

/**
 * What the system tells of memory.
 */
final class MemoryFigures {

	private static final int KIB = 1024;

	private MemoryFigures() {
	}

	/**
	 * Returns how much memory a process has. What it shares with others counts in parts.
	 * @param pid the process
	 * @return the number of bytes
	 * @throws IOException if the process cannot be looked at
	 */
	static long ofProcess(long pid) throws IOException {
		return bytes(Files.readString(Path.of("/proc", String.valueOf(pid), "smaps_rollup")), "Pss");
	}

	/**
	 * Returns how much memory the machine could still give to programs.
	 * @return the number of bytes
	 * @throws IOException if the system does not tell
	 */
	static long available() throws IOException {
		return bytes(ofMachine(), "MemAvailable");
	}

	/**
	 * Returns how much memory programs and the kernel have that nobody else can get.
	 * @return the number of bytes
	 * @throws IOException if the system does not tell
	 */
	static long used() throws IOException {
		String machine = ofMachine();
		return bytes(machine, "MemTotal") - bytes(machine, "MemAvailable");
	}

	/**
	 * Returns how much memory the kernel has for its own objects, such as sockets.
	 * @return the number of bytes
	 * @throws IOException if the system does not tell
	 */
	static long ofKernel() throws IOException {
		return bytes(ofMachine(), "Slab");
	}

	private static String ofMachine() throws IOException {
		return Files.readString(Path.of("/proc/meminfo"));
	}

	/**
	 * Finds a figure in a text of lines such as {@code Pss:  1234 kB}.
	 * @param text the text
	 * @param name the name of the figure
	 * @return the number of bytes
	 * @throws BenchmarkException if there is none of that name
	 */
	static long bytes(String text, String name) {
		return text.lines()
			.filter((line) -> line.startsWith(name + ":"))
			.map((line) -> line.substring(name.length() + 1).strip().split(" ")[0])
			.mapToLong(Long::parseLong)
			.findFirst()
			.orElseThrow(() -> new BenchmarkException("The system tells no '" + name + "'")) * KIB;
	}

}
