package dev.socketserver.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

/**
 * A broker of Kafka for the application in this JVM, in a JVM of its own, whose CPU time
 * is its own. It ends when this JVM ends in any way, since it reads what nobody writes.
 */
final class KafkaProcess {

	private static final String ADDRESS = "address ";

	private static final String SEGMENT_BYTES = String.valueOf(16 << 20);

	/** Is kept, since its input ends when nobody has it any more. */
	private final Process process;

	private final String address;

	private KafkaProcess(Process process, String address) {
		this.process = process;
		this.address = address;
	}

	/**
	 * Starts a broker and waits until it takes connections. What it logs goes to the
	 * standard error.
	 * @param topic its topic, with one partition
	 * @return the broker
	 * @throws BenchmarkException if it ends before
	 * @throws IOException if it cannot be run
	 */
	static KafkaProcess start(String topic) throws IOException {
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-Xmx512m", "-cp", System.getProperty("java.class.path"), KafkaProcess.class.getName(), topic)
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
		BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
		for (String line = out.readLine(); line != null; line = out.readLine()) {
			if (line.startsWith(ADDRESS)) {
				return new KafkaProcess(process, line.substring(ADDRESS.length()));
			}
		}
		throw new BenchmarkException("No broker of Kafka has started");
	}

	String address() {
		if (!this.process.isAlive()) {
			throw new BenchmarkException("The broker of Kafka has ended");
		}
		return this.address;
	}

	/**
	 * Runs the broker until the standard input ends.
	 * @param arguments the topic
	 */
	public static void main(String[] arguments) {
		int status = 1;
		EmbeddedKafkaKraftBroker broker = new EmbeddedKafkaKraftBroker(1, 1, arguments[0]);
		// What has been stored is of no use.
		broker.brokerProperties(Map.of("log.segment.bytes", SEGMENT_BYTES, "log.retention.bytes", SEGMENT_BYTES,
				"log.retention.check.interval.ms", "5000", "log.segment.delete.delay.ms", "1000"));
		try {
			broker.afterPropertiesSet();
			System.out.println(ADDRESS + broker.getBrokersAsString());
			BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
			while (in.readLine() != null) {
				// Nothing is asked of it.
			}
			status = 0;
		}
		catch (IOException | RuntimeException | LinkageError ex) {
			ex.printStackTrace();
		}
		finally {
			// Takes its files with it.
			broker.destroy();
			Runtime.getRuntime().halt(status);
		}
	}

}
