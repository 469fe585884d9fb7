package dev.socketserver.benchmarks.start;

import java.util.List;

/** The applications that are started. Each has what its starters bring, and no more. */
enum StartKind {

	/** Spring Boot alone. */
	BARE(Jars.BOOT),

	/** With Netty, and a port that is opened by hand. */
	NETTY(Jars.BOOT, Jars.NETTY),

	/** With this starter, and one server. */
	SERVER(Jars.BOOT, Jars.NETTY, Jars.SERVER),

	/** With {@code spring-boot-starter-web}. */
	WEB(Jars.BOOT, Jars.WEB),

	/** With both. */
	WEB_AND_SERVER(Jars.BOOT, Jars.WEB, Jars.NETTY, Jars.SERVER);

	private final List<String> libraries;

	StartKind(String... libraries) {
		this.libraries = List.of(libraries);
	}

	/**
	 * Whether the application has a library.
	 * @param library the name of its file
	 */
	boolean has(String library) {
		return this.libraries.stream().anyMatch(library::matches);
	}

	/** Patterns; constants of an enum are made before the fields of the enum itself. */
	private static final class Jars {

		static final String BOOT = "(benchmarks|spring-boot(-starter(-logging)?|-autoconfigure)?"
				+ "|spring-(core|beans|context|aop|expression)|micrometer-(commons|observation)|logback-\\w+"
				+ "|slf4j-api|jul-to-slf4j|log4j-(api|to-slf4j)|commons-logging|jakarta\\.annotation-api|snakeyaml"
				+ "|jspecify)(-\\d.*)?\\.jar";

		static final String NETTY = "netty-(common|buffer|transport|resolver|handler|codec-base"
				+ "|transport-(classes-epoll|native-epoll|native-unix-common))-\\d.*\\.jar";

		static final String SERVER = "(socket-server-(core|client|repl|spring-boot-autoconfigure|spring-boot-starter)"
				+ "|spring-boot-netty)(-\\d.*)?\\.jar";

		static final String WEB = "(spring-boot-((starter-)?(webmvc|tomcat|jackson)|starter-tomcat-runtime"
				+ "|web-server|servlet|http-converter)|spring-web(mvc)?|tomcat-embed-\\w+"
				+ "|jackson-(core-3|annotations|databind))[-.].*";

	}

}
