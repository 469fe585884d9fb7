package dev.socketserver.bridge.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.Function;
import java.util.function.Predicate;

import dev.socketserver.ServerHandler;
import dev.socketserver.autoconfigure.block.BlockServer;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.bridge.MessageStore;
import dev.socketserver.bridge.properties.BridgeProperties;
import dev.socketserver.bridge.properties.BridgeProperties.Key;
import dev.socketserver.bridge.properties.BridgeProperties.OnStoreFailure;
import dev.socketserver.bridge.properties.BridgeProperties.Retry;
import dev.socketserver.bridge.properties.OverallProperties;
import dev.socketserver.bridge.session.Bridge;
import dev.socketserver.bridge.session.BridgeObserver;
import dev.socketserver.bridge.session.BridgeSettings;
import dev.socketserver.bridge.session.BridgeStatistics;
import dev.socketserver.bridge.session.BridgeStore;
import dev.socketserver.spec.Suggestions;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * Makes the bridges of all servers. Has the one thread that notices when the time of an
 * attempt, or a pause, is over; it exists as long as there is a bridge.
 */
final class ConfiguredBridges implements AutoCloseable {

	private static final String JDBC_CLASS = "org.springframework.jdbc.core.JdbcTemplate";

	private static final String MESSAGING_CLASS = "org.springframework.messaging.MessageChannel";

	private static final String KAFKA_CLASS = "org.springframework.kafka.core.KafkaTemplate";

	/** Classes that show whether a library is there. */
	static final List<String> LIBRARIES = List.of(JDBC_CLASS, MESSAGING_CLASS, KAFKA_CLASS);

	/** Stores messages in the application's database. */
	private static final String JDBC = "jdbc";

	/** Stores messages in the topic behind it. */
	private static final String KAFKA = "kafka:";

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	private static final Duration PERIOD = Duration.ofSeconds(1);

	private static final Duration MAX_PERIOD = Duration.ofSeconds(30);

	private final ListableBeanFactory beans;

	private final ObjectProvider<BridgeObserver> observers;

	private final Environment environment;

	/** What holds for all bridges. */
	private final OverallProperties properties;

	/** Absent until a server stores messages in the database. */
	private @Nullable JdbcStores jdbc;

	/** Absent until a server stores messages in a topic. */
	private @Nullable KafkaStores kafka;

	/**
	 * What is counted of bridges by their servers, also of those that were only tried.
	 */
	private final Map<String, BridgeStatistics> statistics = new LinkedHashMap<>();

	/** Those of them that are in force. */
	private final Map<String, BridgeStatistics> inForce = new LinkedHashMap<>();

	private @Nullable ScheduledThreadPoolExecutor timer;

	ConfiguredBridges(ListableBeanFactory beans, Environment environment, OverallProperties properties,
			ObjectProvider<BridgeObserver> observers) {
		this.beans = beans;
		this.observers = observers;
		this.environment = environment;
		this.properties = properties;
	}

	/**
	 * Makes the handler of a server with a bridge.
	 * @param server the server
	 * @param properties what they say about the bridge
	 * @return the handler
	 * @throws InvalidSocketPropertyException if the bridge cannot work
	 */
	synchronized ServerHandler bridge(BlockServer server, BridgeProperties properties) {
		BridgeSettings settings = settings(server, properties);
		ServerHandler.Messages handler = messages(server, settings);
		BridgeStore store = store(server, settings);
		BridgeStatistics counted = this.statistics.computeIfAbsent(server.name(),
				(name) -> new BridgeStatistics(name, settings.to()));
		return new Bridge(settings, store, counted, timer(), handler, server.reader("the bridge of " + server.owner()))
			.handler();
	}

	/**
	 * A server has the bridge that was made of its properties last.
	 * @param server the name of the server
	 * @param to where it stores messages
	 */
	synchronized void inForce(String server, String to) {
		BridgeStatistics counted = this.statistics.get(server);
		if (counted != null) {
			counted.storesTo(to);
			if (this.inForce.put(server, counted) == null) {
				this.observers.orderedStream().forEach((observer) -> observer.added(counted));
			}
		}
	}

	/** A server has no bridge any more. */
	synchronized void gone(String server) {
		BridgeStatistics counted = this.inForce.remove(server);
		if (counted != null) {
			this.observers.orderedStream().forEach((observer) -> observer.removed(counted));
		}
	}

	/** Returns what is counted of each bridge in force. Any thread. */
	synchronized List<BridgeStatistics> statistics() {
		return List.copyOf(this.inForce.values());
	}

	private synchronized ScheduledThreadPoolExecutor timer() {
		ScheduledThreadPoolExecutor made = this.timer;
		if (made == null) {
			made = new ScheduledThreadPoolExecutor(1, (task) -> {
				Thread thread = new Thread(task, "socket-bridge");
				thread.setDaemon(true);
				return thread;
			});
			made.setRemoveOnCancelPolicy(true);
			this.timer = made;
		}
		return made;
	}

	@Override
	public synchronized void close() {
		if (this.timer != null) {
			this.timer.shutdownNow();
		}
		if (this.jdbc != null) {
			this.jdbc.close();
		}
		if (this.kafka != null) {
			this.kafka.close();
		}
	}

	/** Checks that the handler has a form that can be behind a bridge. */
	private static ServerHandler.@Nullable Messages messages(BlockServer server, BridgeSettings settings) {
		ServerHandler handler = server.handler();
		if (handler == null) {
			return null;
		}
		if (settings.acknowledge() != null || settings.reply()) {
			throw server.invalid((settings.acknowledge() != null) ? "bridge.acknowledge" : "bridge.reply",
					"the handler '" + handler.name() + "' acknowledges messages, by what it returns",
					"Remove the property, or the handler");
		}
		if (handler instanceof ServerHandler.Messages messages && !messages.bytesAsTheyCome()) {
			return messages;
		}
		throw server.invalid("bridge.to",
				"the handler '" + handler.name() + "' is no function and has no @OnMessage methods, so that nothing "
						+ "can be stored before it is called",
				"Remove the property, or use such a handler");
	}

	private BridgeSettings settings(BlockServer server, BridgeProperties properties) {
		String to = Objects.requireNonNull(properties.to());
		Retry retry = (properties.retry() != null) ? properties.retry() : new Retry(null, null);
		BridgeSettings settings = new BridgeSettings(to, id(server, properties.id()),
				Objects.requireNonNullElse(properties.key(), Key.SESSION), when(server, properties.when()),
				properties.stored(), Objects.requireNonNullElse(properties.timeout(), TIMEOUT),
				Objects.requireNonNullElse(retry.period(), first(retry.maxPeriod())),
				Objects.requireNonNullElse(retry.maxPeriod(), max(retry.period())),
				Objects.requireNonNullElse(properties.onFailure(), OnStoreFailure.WAIT), properties.acknowledge(),
				Boolean.TRUE.equals(properties.reply()));
		check(server, settings);
		return settings;
	}

	/** The usual first pause is no longer than a longest that is set. */
	private static Duration first(@Nullable Duration longest) {
		return (longest == null || longest.isZero() || longest.isNegative() || longest.compareTo(PERIOD) > 0) ? PERIOD
				: longest;
	}

	private static Duration max(@Nullable Duration period) {
		return (period != null && period.compareTo(MAX_PERIOD) > 0) ? period : MAX_PERIOD;
	}

	private static void check(BlockServer server, BridgeSettings settings) {
		if (settings.inFlight() <= 0) {
			throw server.invalid("bridge.in-flight", "it must be positive", "Set it to 1 or more");
		}
		checkPositive(server, "bridge.timeout", settings.timeout());
		checkPositive(server, "bridge.retry.period", settings.period());
		if (settings.maxPeriod().compareTo(settings.period()) < 0) {
			throw server.invalid("bridge.retry.max-period",
					"it is shorter than bridge.retry.period, " + settings.period().toMillis() + " ms",
					"Set it to a longer time");
		}
		if (settings.reply() && !settings.to().startsWith(BridgeProperties.CHANNEL)) {
			throw server.invalid("bridge.reply", "only the flow of a channel replies", "Remove the property");
		}
		if (settings.reply() && settings.acknowledge() != null) {
			throw server.invalid("bridge.acknowledge", "the reply of the flow is the acknowledgment, by bridge.reply",
					"Remove one of the two");
		}
		if (settings.key() == Key.ID && settings.id() == null) {
			throw server.invalid("bridge.key", "messages have no ids",
					"Set bridge.id, too, to the name of a Function bean");
		}
	}

	private static void checkPositive(BlockServer server, String key, Duration duration) {
		if (duration.isNegative() || duration.isZero() || duration.compareTo(Duration.ofDays(1)) > 0) {
			throw server.invalid(key, "it must be positive, and a day at most", "Set it to a time such as 5s");
		}
	}

	@SuppressWarnings("unchecked") // it takes the payloads of its server
	private @Nullable Function<Object, @Nullable Object> id(BlockServer server, @Nullable String name) {
		return (name != null)
				? (Function<Object, @Nullable Object>) bean(this.beans, server, "bridge.id", name, Function.class)
				: null;
	}

	@SuppressWarnings("unchecked") // it takes the payloads of its server
	private @Nullable Predicate<Object> when(BlockServer server, @Nullable String name) {
		return (name != null) ? (Predicate<Object>) bean(this.beans, server, "bridge.when", name, Predicate.class)
				: null;
	}

	private BridgeStore store(BlockServer server, BridgeSettings settings) {
		String to = settings.to();
		if (to.startsWith(KAFKA)) {
			return kafka(server).store(server, to.substring(KAFKA.length()), settings.timeout());
		}
		if (to.equals(JDBC)) {
			return jdbc(server).store(server);
		}
		if (to.startsWith(BridgeProperties.CHANNEL)) {
			require(MESSAGING_CLASS, server, "Spring Messaging is not on the class path",
					"Add spring-messaging, or spring-boot-starter-integration, to the application");
			return Channels.store(this.beans, server, settings);
		}
		if (this.beans.containsBean(to) && isPresent(MESSAGING_CLASS)) {
			Channels.refuse(this.beans, server, to);
		}
		return BridgeStore
			.of(bean(this.beans, server, "bridge.to", to, MessageStore.class, JDBC, KAFKA, BridgeProperties.CHANNEL));
	}

	private JdbcStores jdbc(BlockServer server) {
		JdbcStores made = this.jdbc;
		if (made == null) {
			require(JDBC_CLASS, server, "Spring JDBC is not on the class path",
					"Add spring-boot-starter-jdbc and the driver of a database to the application");
			made = new JdbcStores(this.beans, this.environment, this.properties);
			this.jdbc = made;
		}
		return made;
	}

	/** Refuses a server that stores messages by a library that is not there. */
	private static void require(String library, BlockServer server, String problem, String remedy) {
		if (!isPresent(library)) {
			throw server.invalid("bridge.to", problem, remedy);
		}
	}

	private static boolean isPresent(String library) {
		return ClassUtils.isPresent(library, ConfiguredBridges.class.getClassLoader());
	}

	private KafkaStores kafka(BlockServer server) {
		KafkaStores made = this.kafka;
		if (made == null) {
			require(KAFKA_CLASS, server, "Spring for Apache Kafka is not on the class path",
					"Add spring-boot-starter-kafka to the application");
			made = new KafkaStores(this.beans);
			this.kafka = made;
		}
		return made;
	}

	static <T> T bean(ListableBeanFactory beans, BlockServer server, String key, String name, Class<T> type,
			String... words) {
		if (!beans.containsBean(name)) {
			List<String> all = new ArrayList<>(List.of(words));
			all.addAll(List.of(beans.getBeanNamesForType(type, true, false)));
			String known = Suggestions.sentence(name, all, "there are no " + type.getSimpleName() + " beans");
			String others = (words.length > 0) ? String.join(", ", words) + " or " : "";
			throw server.invalid(key, "there is no bean of that name (" + known + ")",
					"Set it to " + others + "the name of a bean of type " + type.getSimpleName());
		}
		Object bean = beans.getBean(name);
		if (!type.isInstance(bean)) {
			throw server.invalid(key, "that bean is a " + bean.getClass().getName(),
					"Set it to the name of a bean of type " + type.getSimpleName());
		}
		return type.cast(bean);
	}

}
