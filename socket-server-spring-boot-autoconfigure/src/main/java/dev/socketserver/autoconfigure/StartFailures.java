package dev.socketserver.autoconfigure;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import dev.socketserver.ServerStartException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.core.Ordered;

/**
 * What is said and done about servers that cannot listen, where the start of the
 * application does not say it.
 */
final class StartFailures {

	private static final Logger logger = LoggerFactory.getLogger(StartFailures.class);

	/** How Spring Boot's applications end whose start fails. */
	private static final int FAILED = 1;

	private static final Duration PAUSE = Duration.ofMillis(20);

	private final ConfigurableApplicationContext context;

	private boolean starting;

	private volatile boolean refreshed;

	StartFailures(ConfigurableApplicationContext context) {
		this.context = context;
	}

	/** Servers are about to start: all others who listen to the context are known. */
	void starting() {
		if (!this.starting) {
			this.starting = true;
			this.refreshed = this.context.isRunning();
			this.context.addApplicationListener(new Refreshed());
		}
	}

	/** The application carries on. */
	void warn(ServerStartException failure) {
		logger.warn("{} The application carries on without the server.", explained(failure));
	}

	/**
	 * The application has started, or is about to, and is not to go on.
	 * @param failure why
	 * @param wanted whether nobody else has stopped it meanwhile
	 */
	void stop(ServerStartException failure, BooleanSupplier wanted) {
		logger.error("{} The application stops.", explained(failure));
		if (awaitRefreshed(wanted)) {
			// Closes the context, having published the code for those who want to know.
			LastExit.with(SpringApplication.exit(this.context, () -> FAILED));
		}
	}

	/**
	 * A context that is closed while it starts has its thread interrupted, and stays open
	 * if that waits for something all the same.
	 */
	private boolean awaitRefreshed(BooleanSupplier wanted) {
		while (wanted.getAsBoolean() && !Thread.currentThread().isInterrupted()) {
			if (this.refreshed) {
				return true;
			}
			LockSupport.parkNanos(PAUSE.toNanos());
		}
		return false;
	}

	/** What of the configuration is wrong, and what to do, in sentences. */
	String explained(ServerStartException failure) {
		FailureAnalysis analysis = new ServerStartFailureAnalyzer(this.context.getEnvironment()).analyze(failure,
				failure);
		return analysis.getDescription() + " " + analysis.getAction();
	}

	/** Behind all others who are told of it, and who may take their time. */
	private final class Refreshed implements ApplicationListener<ContextRefreshedEvent>, Ordered {

		@Override
		public void onApplicationEvent(ContextRefreshedEvent event) {
			if (event.getApplicationContext() == StartFailures.this.context) {
				StartFailures.this.refreshed = true;
			}
		}

		@Override
		public int getOrder() {
			return LOWEST_PRECEDENCE;
		}

	}

}
