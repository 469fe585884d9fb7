package dev.socketserver.netty;

import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

import dev.socketserver.TapMask;
import dev.socketserver.cluster.spi.ClusterEngine;
import dev.socketserver.cluster.spi.ClusterListener;
import dev.socketserver.cluster.spi.ClusterSettings;
import dev.socketserver.engine.log.LogContext;
import dev.socketserver.engine.tap.Taps;
import org.jspecify.annotations.Nullable;

/**
 * What all servers and clients of an application share, as it is configured.
 *
 * @param eventLoopThreads how many threads do the I/O of all servers of one transport; by
 * default as many as the machine has cores
 * @param memoryLimit the most bytes that may wait in all servers and clients, in and out.
 * Near it sessions that hold 1 KB or more are not read from; above it those that hold
 * most are aborted with {@link dev.socketserver.CloseReason#MEMORY}. By default
 * {@link NettySocketServers#defaultMemoryLimit()}
 * @param logContext whether the log lines of handlers carry the names of server and
 * session, as {@value LogContext#SERVER} and {@value LogContext#SESSION}; default
 * {@code true}
 * @param adapters how the names of classes begin through which handlers are called, so
 * that reports of a stuck handler name a method of the application; none by default
 * @param chains how the names of those begin through which an interceptor of the
 * application goes on to the handler; none by default
 * @param taps lets sessions be tapped; {@code null}, the default, if they may not be
 * @param cluster makes the node one of a cluster; {@code null}, the default, for none
 */
public record EngineSpec(int eventLoopThreads, long memoryLimit, boolean logContext, List<String> adapters,
		List<String> chains, Taps.@Nullable Settings taps, @Nullable Cluster cluster) {

	/** Keeps copies of the lists. */
	public EngineSpec {
		adapters = List.copyOf(adapters);
		chains = List.copyOf(chains);
	}

	/**
	 * Returns what holds unless configured otherwise.
	 * @return the defaults
	 */
	public static EngineSpec defaults() {
		return new EngineSpec(Runtime.getRuntime().availableProcessors(), NettySocketServers.defaultMemoryLimit(), true,
				List.of(), List.of(), null, null);
	}

	/**
	 * Returns a copy with another {@link #eventLoopThreads()}.
	 * @param eventLoopThreads the value
	 * @return the copy
	 */
	public EngineSpec eventLoopThreads(int eventLoopThreads) {
		return new EngineSpec(eventLoopThreads, this.memoryLimit, this.logContext, this.adapters, this.chains,
				this.taps, this.cluster);
	}

	/**
	 * Returns a copy with another {@link #memoryLimit()}.
	 * @param memoryLimit the value
	 * @return the copy
	 */
	public EngineSpec memoryLimit(long memoryLimit) {
		return new EngineSpec(this.eventLoopThreads, memoryLimit, this.logContext, this.adapters, this.chains,
				this.taps, this.cluster);
	}

	/**
	 * Returns a copy with another {@link #logContext()}.
	 * @param logContext the value
	 * @return the copy
	 */
	public EngineSpec logContext(boolean logContext) {
		return new EngineSpec(this.eventLoopThreads, this.memoryLimit, logContext, this.adapters, this.chains,
				this.taps, this.cluster);
	}

	/**
	 * Returns a copy that names classes through which handlers are called.
	 * @param adapters see {@link #adapters()}
	 * @param chains see {@link #chains()}
	 * @return the copy
	 */
	public EngineSpec calledThrough(List<String> adapters, List<String> chains) {
		return new EngineSpec(this.eventLoopThreads, this.memoryLimit, this.logContext, adapters, chains, this.taps,
				this.cluster);
	}

	/**
	 * Returns a copy that lets sessions of servers and clients be tapped.
	 * @param limit how many taps run at once
	 * @param recorder how many frames of each session of a server to record, to be shown
	 * if it ends with an error; 0 for none
	 * @param masks gives those who hide secrets, in order; asked once, when there is
	 * something to hide
	 * @return the copy
	 */
	public EngineSpec taps(int limit, int recorder, Supplier<? extends Collection<? extends TapMask>> masks) {
		return new EngineSpec(this.eventLoopThreads, this.memoryLimit, this.logContext, this.adapters, this.chains,
				new Taps.Settings(limit, recorder, masks), this.cluster);
	}

	/**
	 * Returns a copy for a node of a cluster, which it has still to
	 * {@linkplain dev.socketserver.cluster.spi.ManagedCluster#join join}.
	 * @param settings how it takes part
	 * @param engine makes it a member
	 * @param listeners gives those who are notified of what happens, in order; asked
	 * once, when there is something to report
	 * @return the copy
	 */
	public EngineSpec cluster(ClusterSettings settings, ClusterEngine engine,
			Supplier<? extends Collection<? extends ClusterListener>> listeners) {
		return new EngineSpec(this.eventLoopThreads, this.memoryLimit, this.logContext, this.adapters, this.chains,
				this.taps, new Cluster(settings, engine, listeners));
	}

	/**
	 * How a node is one of a cluster.
	 *
	 * @param settings how it takes part
	 * @param engine makes it a member
	 * @param listeners gives those who are notified of what happens
	 */
	public record Cluster(ClusterSettings settings, ClusterEngine engine,
			Supplier<? extends Collection<? extends ClusterListener>> listeners) {

	}

}
