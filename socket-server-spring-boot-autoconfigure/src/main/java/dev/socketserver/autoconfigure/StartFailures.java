package dev.socketserver.autoconfigure;

import dev.socketserver.ServerStartException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * What is said and done about servers that cannot listen, where the start of the
 * application does not say it.
 */
final class StartFailures {

	private static final Logger logger = LoggerFactory.getLogger(StartFailures.class);

	/** How Spring Boot's applications end whose start fails. */
	private static final int FAILED = 1;

	private final ConfigurableApplicationContext context;

	StartFailures(ConfigurableApplicationContext context) {
		this.context = context;
	}

	/** The application carries on. */
	void warn(ServerStartException failure) {
		logger.warn("{} The application carries on without the server.", explained(failure));
	}

	/** The application has started, or is about to, and is not to go on. */
	void stop(ServerStartException failure) {
		logger.error("{} The application stops.", explained(failure));
		// Closes the context, having published the code for those who want to know.
		LastExit.with(SpringApplication.exit(this.context, () -> FAILED));
	}

	/** What of the configuration is wrong, and what to do, in sentences. */
	String explained(ServerStartException failure) {
		FailureAnalysis analysis = new ServerStartFailureAnalyzer(this.context.getEnvironment()).analyze(failure,
				failure);
		return analysis.getDescription() + " " + analysis.getAction();
	}

}
