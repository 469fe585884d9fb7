package dev.socketserver.benchmarks;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;

/**
 * What a server that runs in another JVM says of itself, by the management of that JVM.
 */
final class ServerFigures implements AutoCloseable {

	private static final double MEGABYTE = 1024 * 1024;

	private static final int SETTLES_SECONDS = 3;

	private final long pid;

	private final JMXConnector connector;

	private final MBeanServerConnection server;

	private final MemoryMXBean memory;

	private final ThreadMXBean threads;

	private final BufferPoolMXBean direct;

	ServerFigures(long pid) throws IOException {
		this.pid = pid;
		try {
			VirtualMachine machine = VirtualMachine.attach(String.valueOf(pid));
			try {
				this.connector = JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent()));
			}
			finally {
				machine.detach();
			}
		}
		catch (AttachNotSupportedException ex) {
			throw new IOException(ex);
		}
		this.server = this.connector.getMBeanServerConnection();
		this.memory = bean(ManagementFactory.MEMORY_MXBEAN_NAME, MemoryMXBean.class);
		this.threads = bean(ManagementFactory.THREAD_MXBEAN_NAME, ThreadMXBean.class);
		this.direct = bean("java.nio:type=BufferPool,name=direct", BufferPoolMXBean.class);
	}

	private <T> T bean(String name, Class<T> type) throws IOException {
		return ManagementFactory.newPlatformMXBeanProxy(this.server, name, type);
	}

	/** Returns what is there after a garbage collection. */
	Figures figures() throws IOException, InterruptedException {
		this.memory.gc();
		// The JVM gives memory back to the system behind the collection, step by step.
		TimeUnit.SECONDS.sleep(SETTLES_SECONDS);
		long resident = Files.readAllLines(Path.of("/proc", String.valueOf(this.pid), "status"))
			.stream()
			.filter((line) -> line.startsWith("VmRSS:"))
			.mapToLong((line) -> Long.parseLong(line.replaceAll("\\D", "")))
			.findFirst()
			.orElse(0);
		try (var descriptors = Files.list(Path.of("/proc", String.valueOf(this.pid), "fd"))) {
			return new Figures(this.memory.getHeapMemoryUsage().getUsed() / MEGABYTE, this.threads.getThreadCount(),
					descriptors.count(), this.direct.getMemoryUsed() / MEGABYTE, resident / 1024.0);
		}
	}

	/** Returns the collections that were made, and the time that they took together. */
	Pauses pauses() throws IOException {
		long count = 0;
		long millis = 0;
		long last = 0;
		try {
			for (ObjectName each : this.server.queryNames(new ObjectName("java.lang:type=GarbageCollector,*"), null)) {
				count += (Long) this.server.getAttribute(each, "CollectionCount");
				millis += (Long) this.server.getAttribute(each, "CollectionTime");
				if (this.server.getAttribute(each, "LastGcInfo") instanceof CompositeData info) {
					last = Math.max(last, (Long) info.get("duration"));
				}
			}
		}
		catch (JMException ex) {
			throw new IOException(ex);
		}
		return new Pauses(count, millis, last);
	}

	@Override
	public void close() throws IOException {
		this.connector.close();
	}

	/**
	 * What may grow.
	 *
	 * @param heap live bytes of the heap, in MB
	 * @param threads platform threads
	 * @param descriptors open files and sockets
	 * @param direct memory of direct buffers that the JVM counts, in MB
	 * @param resident memory of the process, in MB
	 */
	record Figures(double heap, long threads, long descriptors, double direct, double resident) {

	}

	/**
	 * Garbage collections.
	 *
	 * @param count how many
	 * @param millis how long they took together
	 * @param last how long the last of a kind took, at most
	 */
	record Pauses(long count, long millis, long last) {

	}

}
