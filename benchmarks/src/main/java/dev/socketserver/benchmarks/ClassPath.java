package dev.socketserver.benchmarks;

import java.util.List;
import java.util.regex.Pattern;

/**
 * What a server finds of the class path of the benchmarks. Spring Boot configures an
 * application by what is on its class path.
 */
enum ClassPath {

	/** Everything. */
	WHOLE(List.of()),

	/**
	 * Without what {@code spring-boot-starter-actuator} and a registry of meters bring.
	 */
	UNOBSERVED(List.of(Jars.OBSERVING)),

	/** Without a web server as well. */
	SMALL(List.of(Jars.OBSERVING, Jars.WEB)),

	/** Without the starter of this project as well. */
	SMALL_WITHOUT_STARTER(List.of(Jars.OBSERVING, Jars.WEB, Jars.STARTER));

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

	/** Patterns; constants of an enum are made before the fields of the enum itself. */
	private static final class Jars {

		static final String OBSERVING = ".*/(spring-boot-(starter-)?(actuator|health|micrometer)"
				+ "|micrometer-(core|jakarta|registry))[^/]*\\.jar";

		static final String WEB = ".*/(spring-boot-(starter-)?(web|tomcat|servlet|http|jackson)"
				+ "|spring-web|tomcat-|jackson-)[^/]*\\.jar";

		/** Directories of classes if Maven has not packaged them. */
		static final String STARTER = ".*/(socket-server-(spring-boot-|repl)|spring-boot-netty).*";

	}

}
