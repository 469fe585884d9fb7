package dev.socketserver.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Sends messages to a server and checks the replies; see {@code load.c}.
 */
public final class LoadGenerator {

	/** Options of the compiler for TLS, which also needs the headers of OpenSSL. */
	public static final List<String> WITH_TLS = List.of("-DTLS", "-lssl", "-lcrypto");

	/** Additional time for the process to start and to end. */
	private static final int SPARE_SECONDS = 10;

	private static final int IDLE_BYTES = 32;

	private final Program program;

	private final Cores cores;

	private final Waiting waiting;

	private final int limitSeconds;

	private final boolean headers;

	LoadGenerator(Program program, Cores cores, Waiting waiting, int limitSeconds) {
		this(program, cores, waiting, limitSeconds, false);
	}

	private LoadGenerator(Program program, Cores cores, Waiting waiting, int limitSeconds, boolean headers) {
		this.program = program;
		this.cores = cores;
		this.waiting = waiting;
		this.limitSeconds = limitSeconds;
		this.headers = headers;
	}

	/**
	 * Returns what puts load on a server.
	 * @param contender the server
	 * @return this, or one whose connections begin with a header of the PROXY protocol if
	 * that is what is measured
	 */
	LoadGenerator on(Contender contender) {
		return (contender == Contender.WITH_PROXY)
				? new LoadGenerator(this.program, this.cores, this.waiting, this.limitSeconds, true) : this;
	}

	/**
	 * Puts load on a server.
	 * @param port the port it listens on
	 * @param pid the process of the server, whose CPU time is measured
	 * @param workload what to ask of it
	 * @param messages how many messages to send over all connections together
	 * @return the measurement
	 * @throws BenchmarkException if a reply is wrong, or replies do not come in time
	 * @throws IOException if the load generator cannot be run
	 * @throws InterruptedException if the thread is interrupted meanwhile
	 */
	Measurement visit(int port, long pid, Workload workload, int messages) throws IOException, InterruptedException {
		Process process = new ProcessBuilder(command(workload.kind().load(), port, pid, workload, messages)).start();
		try {
			// Its output is read afterwards: it prints a single line at its end, which a
			// pipe can hold.
			if (!process.waitFor(this.limitSeconds + SPARE_SECONDS, TimeUnit.SECONDS)) {
				throw new BenchmarkException("the load generator has not ended after " + this.limitSeconds + " s");
			}
			if (process.exitValue() != 0) {
				String error = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8).strip();
				throw new BenchmarkException(
						error.isEmpty() ? "the load generator ended with status " + process.exitValue() : error);
			}
			return Measurement
				.parse(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip());
		}
		finally {
			process.destroyForcibly();
		}
	}

	/**
	 * Opens connections and keeps them open. When this returns, a line has been exchanged
	 * on each.
	 * @param port the port of the server
	 * @param pid the process of the server
	 * @param service lines, plain or over TLS
	 * @param connections how many
	 * @return closes the connections
	 * @throws BenchmarkException if they cannot be opened
	 * @throws IOException if the load generator cannot be run
	 */
	AutoCloseable hold(int port, long pid, Service service, int connections) throws IOException {
		Workload line = new Workload(Workload.Kind.LINES, connections, 1, IDLE_BYTES);
		Process process = new ProcessBuilder(
				command((service == Service.TLS) ? "idle-tls" : "idle", port, pid, line, 1))
			.start();
		String said = process.inputReader().readLine();
		if (!"ready".equals(said)) {
			String error = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8).strip();
			process.destroyForcibly();
			throw new BenchmarkException(error.isEmpty() ? "the load generator says " + said : error);
		}
		return () -> {
			process.getOutputStream().close();
			process.waitFor(SPARE_SECONDS, TimeUnit.SECONDS);
			process.destroyForcibly();
		};
	}

	private List<String> command(String what, int port, long pid, Workload workload, int messages) {
		return this.cores.forLoad(List.of(this.program.file().toString(), what, String.valueOf(port),
				String.valueOf(pid), String.valueOf(workload.connections()), String.valueOf(workload.inFlight()),
				String.valueOf(workload.messageBytes()), String.valueOf(messages), String.valueOf(this.limitSeconds),
				this.waiting.id(), this.headers ? "proxy" : "plain"));
	}

}
