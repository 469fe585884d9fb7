package dev.socketserver.benchmarks;

import java.io.File;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a server finds of the class path of the benchmarks. Spring Boot configures an
 * application by what is on its class path.
 */
enum ClassPath {

	/** Everything that one node needs. */
	WHOLE(List.of(Jars.REDIS, Jars.TRANSACTIONS, Jars.KAFKA, Jars.DATABASE)),

	/**
	 * Without what {@code spring-boot-starter-actuator} and a registry of meters bring.
	 */
	UNOBSERVED(List.of(Jars.REDIS, Jars.TRANSACTIONS, Jars.KAFKA, Jars.DATABASE, Jars.OBSERVING)),

	/** Without a web server as well. */
	SMALL(List.of(Jars.REDIS, Jars.TRANSACTIONS, Jars.KAFKA, Jars.DATABASE, Jars.OBSERVING, Jars.WEB)),

	/** The same, and what makes an application a node of a cluster. */
	NODES(List.of(Jars.KAFKA, Jars.DATABASE, Jars.OBSERVING, Jars.WEB)),

	/** With what stores messages in Kafka, and a broker, which needs some of the web. */
	STORING(List.of(Jars.REDIS, Jars.DATABASE, Jars.OBSERVING)),

	/** Without the starter of this project as well. */
	SMALL_WITHOUT_STARTER(
			List.of(Jars.REDIS, Jars.TRANSACTIONS, Jars.KAFKA, Jars.DATABASE, Jars.OBSERVING, Jars.WEB, Jars.STARTER));

	/**
	 * The root of an earlier checkout whose benchmarks are compiled; empty if it is not
	 * compared.
	 */
	static final String BEFORE = System.getProperty("benchmarks.before", "");

	private static final String OURS = "/benchmarks/target/classes";

	private final List<Pattern> hidden;

	ClassPath(List<String> hidden) {
		this.hidden = hidden.stream().map(Pattern::compile).toList();
	}

	/**
	 * Whether an entry is a part of this class path.
	 * @param entry an entry of the class path of the benchmarks
	 */
	boolean has(String entry) {
		return this.hidden.stream().noneMatch((each) -> each.matcher(entry).matches());
	}

	/**
	 * Returns what an earlier checkout has in the place of an entry.
	 * @param entry an entry of the class path of the benchmarks
	 * @return the same place below the other root, or a library as it is
	 */
	static String before(String entry) {
		String root = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((each) -> each.endsWith(OURS))
			.map((each) -> each.substring(0, each.length() - OURS.length()))
			.findFirst()
			.orElseThrow();
		return entry.startsWith(root + "/") ? BEFORE + entry.substring(root.length()) : entry;
	}

	/** Patterns; constants of an enum are made before the fields of the enum itself. */
	private static final class Jars {

		static final String OBSERVING = ".*/(spring-boot-(starter-)?(actuator|health|micrometer)"
				+ "|micrometer-(core|jakarta|registry))[^/]*\\.jar";

		static final String WEB = ".*/(spring-boot-(starter-)?(web|tomcat|servlet|http|jackson)"
				+ "|spring-web|tomcat-|jackson-)[^/]*\\.jar";

		static final String REDIS = ".*/(socket-server-(cluster|spring-boot-(starter-)?redis)|redis-authx-|lettuce-"
				+ "|spring-data-|spring-boot-(starter-)?data|spring-(oxm|context-support)-).*";

		/** Both Redis and Kafka bring them. */
		static final String TRANSACTIONS = ".*/(spring-boot-(starter-)?(persistence|transaction)|spring-tx-).*";

		/** With what a broker needs. */
		static final String KAFKA = ".*/(socket-server-spring-boot-(starter-)?bridge|spring-(boot-)?kafka|kafka|scala-"
				+ "|rocksdbjni-|log4j-core-|caffeine-|junit-|jackson-(databind|dataformat-\\w+|datatype-\\w+)-2).*";

		/** With letters, which are kept there, and what starts one. */
		static final String DATABASE = ".*/(socket-server-(spring-boot-(starter-)?mailbox|fixtures)"
				+ "|spring-boot-(starter-)?(jdbc|sql)|spring-jdbc-|HikariCP-|postgresql-).*";

		/** Directories of classes if Maven has not packaged them. */
		static final String STARTER = ".*/(socket-server-(spring-boot-|repl)|spring-boot-netty).*";

	}

}
