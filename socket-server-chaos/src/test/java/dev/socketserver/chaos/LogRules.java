package dev.socketserver.chaos;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

import dev.socketserver.chaos.app.PlannedError;
import dev.socketserver.chaos.app.PlannedFault;

/**
 * What may be in the log: peers never cause an ERROR, nor a stack trace. Handlers that
 * fail as planned do, and nothing else. The application's web server is not what is
 * tested: it may log that it has no descriptors.
 */
final class LogRules {

	private static final List<String> PLANNED = List.of(PlannedFault.class.getName(), PlannedError.class.getName(),
			"StuckCalls           : Server 'faulty'", "tomcat.util.net.Acceptor      : Socket accept failed");

	/** Problems beyond so many show nothing new. */
	private static final int MOST = 20;

	private final Path log;

	private long read;

	LogRules(Path log) {
		this.log = log;
	}

	/** Adds what is wrong with the lines that are new. */
	void judge(List<String> problems) throws IOException {
		String[] lines = next().split("\n");
		boolean planned = false;
		for (int i = 0; i < lines.length; i++) {
			String line = lines[i];
			boolean error = line.contains(" ERROR ");
			if (line.startsWith("20")) {
				planned = isPlanned(String.join(" ", List.of(lines).subList(i, Math.min(lines.length, i + 3))));
			}
			boolean trace = line.startsWith("\tat ") || line.startsWith("Caused by:");
			if (line.contains("LEAK:") || ((error || trace) && !planned)) {
				problems.add("in the log: " + line);
				if (problems.size() > MOST) {
					return;
				}
			}
		}
	}

	private static boolean isPlanned(String line) {
		return PLANNED.stream().anyMatch(line::contains);
	}

	private String next() throws IOException {
		try (RandomAccessFile file = new RandomAccessFile(this.log.toFile(), "r")) {
			byte[] bytes = new byte[(int) (file.length() - this.read)];
			file.seek(this.read);
			file.readFully(bytes);
			this.read += bytes.length;
			return new String(bytes, StandardCharsets.UTF_8);
		}
	}

}
