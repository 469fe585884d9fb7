package dev.socketserver.benchmarks.density;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.socketserver.benchmarks.BenchmarkException;
import dev.socketserver.benchmarks.Program;

/**
 * Processes that have connections, and the processes of their peers, of which there are
 * as many. All connections are on one port, or each process has its own.
 */
final class Population implements AutoCloseable {

	/** How many connections each peer opens before the next one goes on. */
	private static final int SLICE = 500;

	private static final long MEBI = 1024 * 1024;

	private static final int RECEIVE_SECONDS = 60;

	private static final int AWAIT_SECONDS = 120;

	private final List<Commanded> servers = new ArrayList<>();

	private final List<Commanded> peers = new ArrayList<>();

	private final DensityOptions options;

	private final Path directory;

	private int each;

	Population(DensityOptions options, Path directory) {
		this.options = options;
		this.directory = directory;
	}

	/**
	 * Adds a process with connections, and starts its peers.
	 * @param name the name of the process, unique in the run
	 * @param command what to run; it tells its port first
	 * @param crowd the program of the peers
	 * @param network the network that the peers connect from, unique in the run
	 * @param word what peers say when they connect
	 * @return the port
	 */
	int add(String name, List<String> command, Program crowd, int network, String word) {
		Commanded server = Commanded.start(name, this.options.cores().forServer(command), this.directory);
		this.servers.add(server);
		int port = (int) server.answer();
		List<String> peers = new ArrayList<>(
				List.of(crowd.file().toString(), String.valueOf(port), String.valueOf(network), word));
		if (this.options.tls()) {
			peers.add("tls");
		}
		this.peers.add(Commanded.start(name + "-peers", this.options.cores().forLoad(peers), this.directory));
		return port;
	}

	/**
	 * Opens connections, as long as there is memory for more.
	 * @param count how many each peer is to have
	 * @return whether all of them have been opened
	 * @throws IOException if the system does not tell how much memory is left
	 * @throws InterruptedException if the thread is interrupted meanwhile
	 */
	boolean open(int count) throws IOException, InterruptedException {
		while (this.each < count && MemoryFigures.available() > this.options.spareMegabytes() * MEBI) {
			this.each = Math.min(count, this.each + SLICE);
			for (Commanded peer : this.peers) {
				peer.ask("open " + this.each + " " + this.options.rate());
			}
		}
		await("sessions", (long) this.each * this.peers.size());
		return this.each == count;
	}

	/**
	 * Waits until processes agree on a number.
	 * @param command asks each process for its part
	 * @param sum the number
	 * @throws BenchmarkException if they do not in time
	 * @throws InterruptedException if the thread is interrupted meanwhile
	 */
	void await(String command, long sum) throws InterruptedException {
		long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(AWAIT_SECONDS);
		long now = sum(command);
		while (now != sum) {
			if (System.nanoTime() - deadline > 0) {
				throw new BenchmarkException(sum + " " + command + " were expected, and there are " + now);
			}
			TimeUnit.MILLISECONDS.sleep(100);
			now = sum(command);
		}
	}

	/**
	 * Closes all connections.
	 * @throws InterruptedException if the thread is interrupted meanwhile
	 */
	void closeConnections() throws InterruptedException {
		this.peers.forEach((peer) -> peer.ask("close"));
		this.each = 0;
		await("sessions", 0);
	}

	private long sum(String command) {
		return this.servers.stream().mapToLong((server) -> server.ask(command)).sum();
	}

	/**
	 * Asks each process.
	 * @param command what to ask
	 * @return the answers
	 */
	double[] ask(String command) {
		return this.servers.stream().mapToDouble((server) -> server.ask(command)).toArray();
	}

	/**
	 * Returns how much memory each process has.
	 * @return the numbers of bytes
	 * @throws IOException if they cannot be looked at
	 */
	double[] memory() throws IOException {
		double[] memory = new double[this.servers.size()];
		for (int i = 0; i < memory.length; i++) {
			memory[i] = MemoryFigures.ofProcess(this.servers.get(i).pid());
		}
		return memory;
	}

	/**
	 * Returns how much CPU time each process has used so far.
	 * @return the times in nanoseconds
	 */
	double[] cpu() {
		return this.servers.stream().mapToDouble((server) -> this.peers.get(0).ask("cpu " + server.pid())).toArray();
	}

	/**
	 * Sends a line on all connections, and waits until all of it has come.
	 * @param text the line
	 * @return the CPU time of the processes for each connection, in nanoseconds
	 * @throws BenchmarkException if a connection does not get the line
	 * @throws InterruptedException if the thread is interrupted meanwhile
	 */
	double broadcast(String text) throws InterruptedException {
		double before = total(cpu());
		double taken = total(ask("broadcast " + text));
		long got = 0;
		for (Commanded peer : this.peers) {
			got += peer.ask("receive " + (text.length() + 1) + " " + RECEIVE_SECONDS);
		}
		if (taken != total() || got != total()) {
			throw new BenchmarkException((long) taken + " of " + total() + " took a line, and " + got + " got it");
		}
		// While a thread runs, the system adds to its time at ticks only.
		TimeUnit.MILLISECONDS.sleep(50);
		return (total(cpu()) - before) / got;
	}

	/** How many connections there are. */
	long total() {
		return (long) this.each * this.peers.size();
	}

	private static double total(double[] values) {
		double sum = 0;
		for (double value : values) {
			sum += value;
		}
		return sum;
	}

	@Override
	public void close() {
		this.peers.forEach(Commanded::close);
		this.servers.forEach(Commanded::close);
	}

}
