package dev.socketserver.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.junit.jupiter.api.DynamicTest;

/**
 * Runs all transcripts of a folder as tests, one for each file:
 *
 * <pre class="code">
 * &#64;TestFactory
 * Stream&lt;DynamicTest&gt; transcripts(&#64;LocalSocketPort("upper") int port) {
 *     return SocketTranscripts.in(Path.of("src/test/transcripts"), () -&gt; SocketTestClient.connect(port));
 * }
 * </pre>
 */
public final class SocketTranscripts {

	private SocketTranscripts() {
	}

	/**
	 * Plays each file of a folder as it is written.
	 * @param folder the folder; files whose names begin with a dot are left out
	 * @param connect makes the connection for a file
	 * @return a test for each file, in the order of their names
	 * @throws IllegalArgumentException if the folder has no file
	 */
	public static Stream<DynamicTest> in(Path folder, Supplier<SocketTestClient> connect) {
		return files(folder).map((file) -> test(file, "", connect, (client) -> client.replay(file)));
	}

	/**
	 * Plays each file of a folder as it is written, with its payloads
	 * {@linkplain SocketTestClient#glued() glued}, and with
	 * {@linkplain SocketTestClient#everySplit() every split}.
	 * @param folder the folder; files whose names begin with a dot are left out
	 * @param connect makes the connection for a file
	 * @return three tests for each file, in the order of their names
	 * @throws IllegalArgumentException if the folder has no file
	 */
	public static Stream<DynamicTest> inAllSegments(Path folder, Supplier<SocketTestClient> connect) {
		return files(folder).flatMap((file) -> Stream.of(test(file, "", connect, (client) -> client.replay(file)),
				test(file, ", glued", connect, (client) -> client.glued().replay(file)),
				test(file, ", every split", connect, (client) -> client.everySplit().replay(file))));
	}

	private static DynamicTest test(Path file, String how, Supplier<SocketTestClient> connect,
			Consumer<SocketTestClient> play) {
		return DynamicTest.dynamicTest(file.getFileName() + how, file.toUri(), () -> {
			try (SocketTestClient client = connect.get()) {
				play.accept(client);
			}
		});
	}

	private static Stream<Path> files(Path folder) {
		try (Stream<Path> all = Files.list(folder)) {
			List<Path> files = all.filter(Files::isRegularFile)
				.filter((file) -> !file.getFileName().toString().startsWith("."))
				.sorted()
				.toList();
			if (files.isEmpty()) {
				throw new IllegalArgumentException("There is no transcript in " + folder);
			}
			return files.stream();
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Could not list the transcripts in " + folder, ex);
		}
	}

}
