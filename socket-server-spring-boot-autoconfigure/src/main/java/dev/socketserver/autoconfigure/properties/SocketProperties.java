package dev.socketserver.autoconfigure.properties;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.socketserver.SessionSpec;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.util.unit.DataSize;

/**
 * Configuration properties of socket servers and clients.
 * <p>
 * Blocks with more than fifteen keys are classes with setters, and not records: from Java
 * 18 on, calling a constructor of thirty parameters by reflection makes the JVM build a
 * method handle that converts each of them (JEP 416), which takes tens of milliseconds of
 * the start.
 */
@ConfigurationProperties("socket")
@StrictKeys({ "socket.servers", Section.DEFAULTS, "socket.clients", "socket.cluster", "socket.tap" })
public class SocketProperties {

	public static final String EVENT_LOOP_THREADS = "socket.event-loop-threads";

	/** More take descriptors and memory, and no machine has so many cores. */
	private static final int MOST_EVENT_LOOPS = 32768;

	/**
	 * Whether to enable socket servers and clients, and the beans of the starter.
	 */
	private boolean enabled = true;

	/**
	 * Socket servers by name. A name is a lower-case letter, followed by lower-case
	 * letters, digits and dashes. Names without dashes are the easiest to use in
	 * environment variables. Each server has the keys of socket.server-defaults, and
	 * port, handler and args.
	 */
	private Map<String, ServerProperties> servers = new LinkedHashMap<>();

	/**
	 * Values of the keys that a server does not set itself.
	 */
	@NestedConfigurationProperty
	private @Nullable ServerDefaults serverDefaults;

	/**
	 * Socket clients by name, each of which keeps a connection to a server. The rules for
	 * names are those for servers. Each client has the keys of socket.server-defaults
	 * that apply to clients, port, handler and args, and keys of its own, such as host
	 * and reconnect.period. It does not inherit the values of socket.server-defaults.
	 */
	private Map<String, ClientProperties> clients = new LinkedHashMap<>();

	/**
	 * Number of threads that do the I/O of all servers and clients of one transport. By
	 * default, the number of cores.
	 */
	private @Nullable Integer eventLoopThreads;

	/**
	 * Limits of all servers and clients together.
	 */
	private @Nullable OverallLimits limits;

	/**
	 * Observations of handled messages.
	 */
	private Observations observations = new Observations(false);

	/**
	 * The cluster that this application is a node of. Needs
	 * socket-server-spring-boot-starter-redis.
	 */
	private @Nullable Cluster cluster;

	/**
	 * Taps of sessions.
	 */
	private Tap tap = Tap.DEFAULTS;

	private final Map<String, Object> absent = new LinkedHashMap<>();

	private final Map<ConfigurationPropertyName, Object> bound = new HashMap<>();

	private final Map<ConfigurationPropertyName, ConfigurationProperty> written = new LinkedHashMap<>();

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public Map<String, ServerProperties> getServers() {
		return this.servers;
	}

	public void setServers(Map<String, ServerProperties> servers) {
		this.servers = servers;
	}

	public @Nullable ServerDefaults getServerDefaults() {
		return this.serverDefaults;
	}

	public void setServerDefaults(@Nullable ServerDefaults serverDefaults) {
		this.serverDefaults = serverDefaults;
	}

	public Map<String, ClientProperties> getClients() {
		return this.clients;
	}

	public void setClients(Map<String, ClientProperties> clients) {
		this.clients = clients;
	}

	public @Nullable Integer getEventLoopThreads() {
		return this.eventLoopThreads;
	}

	public void setEventLoopThreads(@Nullable Integer eventLoopThreads) {
		this.eventLoopThreads = eventLoopThreads;
	}

	public @Nullable OverallLimits getLimits() {
		return this.limits;
	}

	public void setLimits(@Nullable OverallLimits limits) {
		this.limits = limits;
	}

	public Observations getObservations() {
		return this.observations;
	}

	public void setObservations(Observations observations) {
		this.observations = observations;
	}

	public @Nullable Cluster getCluster() {
		return this.cluster;
	}

	public void setCluster(@Nullable Cluster cluster) {
		this.cluster = cluster;
	}

	public Tap getTap() {
		return this.tap;
	}

	public void setTap(Tap tap) {
		this.tap = tap;
	}

	/**
	 * Sets what servers inherit.
	 * @param bound the values of all keys that were bound
	 * @param blocks the records of the blocks that modules bring, by the keys of the
	 * blocks
	 */
	public void inherit(Map<ConfigurationPropertyName, Object> bound, Map<String, Class<? extends Record>> blocks) {
		ServerDefaults defaults = this.serverDefaults;
		if (defaults != null) {
			InheritedValues inherited = new InheritedValues(bound);
			for (Map.Entry<String, ServerProperties> server : this.servers.entrySet()) {
				// Any other name is refused, or the server is disabled.
				if (SessionSpec.isName(server.getKey())) {
					new Inheritance(inherited, bound, server.getKey(), server.getValue()).apply(defaults, blocks);
				}
			}
		}
	}

	/**
	 * Keeps what was bound, for whoever asks where a value is from, or what has changed.
	 * @param bound the values of all keys that were bound
	 * @param written what was written for them, with its origin, and for the keys of
	 * framings
	 */
	public void keep(Map<ConfigurationPropertyName, Object> bound,
			Map<ConfigurationPropertyName, ConfigurationProperty> written) {
		this.bound.putAll(bound);
		this.written.putAll(written);
	}

	/** Returns the values of all keys that were bound. */
	public Map<ConfigurationPropertyName, Object> bound() {
		return this.bound;
	}

	/** Returns what was written for them, and for the keys of framings. */
	public Map<ConfigurationPropertyName, ConfigurationProperty> written() {
		return this.written;
	}

	/**
	 * Returns keys that a module would bring which the application lacks.
	 * @return the values by their keys, without the prefix
	 */
	public Map<String, Object> absent() {
		return this.absent;
	}

	/** Returns the limit of memory in bytes, or the default. */
	public long memoryBytes(long otherwise) {
		DataSize memory = (this.limits != null) ? this.limits.memory() : null;
		if (memory == null) {
			return otherwise;
		}
		if (memory.toBytes() <= 0) {
			throw new InvalidSocketPropertyException("socket.limits.memory", memory, "it must be a positive size",
					"Write a size such as 64MB, or leave it out for a quarter of the JVM's memory");
		}
		return memory.toBytes();
	}

	/** Returns how many threads do the I/O, or the number of cores. */
	public int ioThreads() {
		if (this.eventLoopThreads == null) {
			return Runtime.getRuntime().availableProcessors();
		}
		boolean positive = this.eventLoopThreads > 0;
		if (!positive || this.eventLoopThreads > MOST_EVENT_LOOPS) {
			throw new InvalidSocketPropertyException(EVENT_LOOP_THREADS, this.eventLoopThreads,
					positive ? "it must be at most " + MOST_EVENT_LOOPS : "it must be positive",
					"Leave it out for as many threads as the machine has cores");
		}
		return this.eventLoopThreads;
	}

	/** What binding a session does while the directory cannot be reached. */
	public enum WhenUnavailable {

		/** Decides among the sessions of this node, and claims later. */
		LOCAL,

		/** Returns false. */
		REJECT

	}

	/**
	 * A cluster of nodes that find each other's sessions.
	 *
	 * @param enabled Whether this application is a node of a cluster.
	 * @param name Name of the cluster; letters, digits, dots, dashes and underscores.
	 * @param node Name of this node, unique in the cluster; letters, digits, dots, dashes
	 * and underscores. By default, the name of the host and four random characters.
	 * @param lease Time after which a node that has not been heard of is dead. A duration
	 * without a unit is in milliseconds.
	 * @param requestTimeout How long to wait for the answer of another node, or of the
	 * directory. A duration without a unit is in milliseconds.
	 * @param whenUnavailable What binding a session does while the directory cannot be
	 * reached.
	 * @param secret Secret that signs what nodes send each other. What is not signed with
	 * it is ignored. By default, nothing is signed.
	 */
	public record Cluster(@DefaultValue("true") boolean enabled, @DefaultValue("default") String name,
			@Nullable String node, @DefaultValue("10s") Duration lease, @DefaultValue("2s") Duration requestTimeout,
			@DefaultValue("local") WhenUnavailable whenUnavailable, @Nullable String secret) {

		/** With all defaults. */
		public static final Cluster DEFAULTS = new Cluster(true, "default", null, Duration.ofSeconds(10),
				Duration.ofSeconds(2), WhenUnavailable.LOCAL, null);

		/** Takes what is empty as if it were not there. */
		public Cluster {
			name = name.isEmpty() ? "default" : name;
			node = Written.orNone(node);
			secret = Written.orNone(secret);
		}

	}

	/**
	 * Taps of sessions.
	 *
	 * @param enabled Whether operators may tap sessions, with the endpoint sockettaps.
	 * @param limit Maximum number of taps that run at once. As many that have ended are
	 * kept.
	 * @param recorder Number of frames that are kept of each session of a server, and
	 * shown if it ends with an error. They count in socket.limits.memory. 0 for none.
	 */
	public record Tap(@DefaultValue("false") boolean enabled, @DefaultValue("4") int limit,
			@DefaultValue("0") int recorder) {

		/** With all defaults. */
		public static final Tap DEFAULTS = new Tap(false, 4, 0);

		/** Whether anything is to be kept of sessions. */
		public boolean isOn() {
			return this.enabled || this.recorder > 0;
		}

		public Tap {
			if (limit <= 0) {
				throw new InvalidSocketPropertyException("socket.tap.limit", limit, "it must be positive",
						"Write how many taps may run at once, or set socket.tap.enabled to false for none");
			}
			if (recorder < 0) {
				throw new InvalidSocketPropertyException("socket.tap.recorder", recorder, "it must not be negative",
						"Write how many frames to keep of each session, or 0 for none");
			}
		}

	}

	/**
	 * Observations.
	 *
	 * @param enabled Whether to observe each message that a server handles, for traces
	 * and timers.
	 */
	public record Observations(@DefaultValue("false") boolean enabled) {

	}

	/**
	 * Limits of all servers and clients together.
	 *
	 * @param memory Maximum number of bytes that wait in all servers and clients, inbound
	 * and outbound, including the output of clients that are not connected. Near the
	 * limit, sessions that hold some of these bytes are not read from; above it, the
	 * sessions that hold most are closed. A size without a unit is in bytes. By default,
	 * a quarter of the heap or of the JVM's limit of direct memory, at most 256 MB.
	 */
	public record OverallLimits(@Nullable DataSize memory) {

	}

}
