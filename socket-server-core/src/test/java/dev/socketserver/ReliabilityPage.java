package dev.socketserver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes what a long run has shown to {@code docs/reliability.md}, if
 * {@code -Dreliability.page=true}.
 */
public final class ReliabilityPage {

	private static final Path PAGE = Path.of("..", "docs", "reliability.md");

	private ReliabilityPage() {
	}

	/**
	 * Replaces what stands between two marks.
	 * @param mark their name
	 * @param text what the run has shown
	 */
	public static void write(String mark, String text) throws IOException {
		System.out.println(text);
		if (!Boolean.getBoolean("reliability.page")) {
			return;
		}
		String begin = "<!-- " + mark + " -->\n";
		String end = "\n<!-- /" + mark + " -->";
		String page = Files.readString(PAGE);
		int from = page.indexOf(begin) + begin.length();
		int to = page.indexOf(end);
		Files.writeString(PAGE, page.substring(0, from) + text + page.substring(to));
	}

}
