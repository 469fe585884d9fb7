package dev.socketserver.peer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts applications in JVMs of their own, as cheaply as one can: they end before the
 * better compiler pays, and nobody reads Netty's events for the flight recorder.
 */
public final class OtherJvm {

	private OtherJvm() {
	}

	/**
	 * Starts an application with the class path of the test.
	 * @param program the class
	 * @param arguments its arguments
	 * @return the process; its errors are among its output
	 * @throws IOException if it cannot be started
	 */
	public static Process start(Class<?> program, String... arguments) throws IOException {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
						"-XX:+UseSerialGC", "-Dio.netty.jfr.enabled=false", "-cp",
						System.getProperty("java.class.path"), program.getName()));
		command.addAll(List.of(arguments));
		return new ProcessBuilder(command).redirectErrorStream(true).start();
	}

}
