package dev.socketserver.netty;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Networks that tests make for processes of theirs, and that end with them. They need
 * Linux, root, and iproute2.
 */
public final class OwnNetwork {

	private OwnNetwork() {
	}

	/**
	 * Returns what a command line begins with whose process has a network of its own.
	 * @param setUp commands of a shell that make it
	 * @return the words
	 */
	public static List<String> made(String setUp) {
		return List.of("unshare", "--net", "sh", "-e", "-c", setUp + "\nexec \"$0\" \"$@\"");
	}

	/**
	 * Tries whether a network can be made.
	 * @param setUp commands of a shell that make it
	 * @return why it cannot; empty if it can
	 */
	public static String problem(String setUp) throws InterruptedException {
		try {
			List<String> command = new ArrayList<>(made(setUp));
			Collections.addAll(command, "nsenter", "--version");
			run(command.toArray(String[]::new));
			return "";
		}
		catch (IOException | AssertionError ex) {
			return String.valueOf(ex.getMessage());
		}
	}

	/** Does something in the network of a process. */
	public static void in(OtherJvm jvm, String commands) throws IOException, InterruptedException {
		run("nsenter", "--net", "--target", "" + jvm.pid(), "sh", "-e", "-c", commands);
	}

	private static void run(String... command) throws IOException, InterruptedException {
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
		if (process.waitFor() != 0) {
			throw new AssertionError(List.of(command) + " says " + output);
		}
	}

}
