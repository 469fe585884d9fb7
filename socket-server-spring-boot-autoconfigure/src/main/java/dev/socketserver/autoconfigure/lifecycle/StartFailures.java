package dev.socketserver.autoconfigure.lifecycle;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import dev.socketserver.ServerStartException;
import dev.socketserver.engine.log.SafeLogger;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.core.Ordered;

/**
 * Logs that servers cannot listen, and stops the application if it must not go on without
 * them. Only for failures that do not fail the start of the application by themselves.
 */
public final class StartFailures implements ApplicationListener<ContextRefreshedEvent>, Ordered {

	private static final SafeLogger logger = SafeLogger.of(StartFailures.class);

	/** The exit code of Spring Boot applications whose start fails. */
	private static final int FAILED = 1;

	private static final Duration PAUSE = Duration.ofMillis(20);

	private final ConfigurableApplicationContext context;

	private boolean starting;

	private volatile boolean refreshed;

	public StartFailures(ConfigurableApplicationContext context) {
		this.context = context;
	}

	/**
	 * Called when servers are about to start, by which time the context has all other
	 * listeners.
	 */
	void starting() {
		if (!this.starting) {
			this.starting = true;
			this.refreshed = this.context.isRunning();
			this.context.addApplicationListener(this);
		}
	}

	/** Logs a failure after which the application carries on. */
	void warn(ServerStartException failure) {
		logger.warn("{} The application carries on without the server.", explained(failure));
	}

	/**
	 * Stops the application, as soon as its context is refreshed, and ends the JVM with
	 * an error if nothing else keeps it alive. Called on the thread of a background
	 * start.
	 * @param failure why
	 * @param wanted whether the start is still wanted, and it was not stopped application
	 */
	void stop(ServerStartException failure, BooleanSupplier wanted) {
		logger.error("{} The application stops.", explained(failure));
		if (awaitRefreshed(wanted)) {
			// Publishes the exit code for those who want to know, and then closes the
			// context.
			LastExit.with(SpringApplication.exit(this.context, () -> FAILED));
		}
	}

	/**
	 * Waits until the context is refreshed, or the start is no longer wanted. Closing a
	 * context during its refresh interrupts the thread that refreshes it, and leaves the
	 * context open if that thread waits for something all the same.
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

	/**
	 * Explains a failure in sentences: what of the configuration is wrong, and what to
	 * do.
	 */
	String explained(ServerStartException failure) {
		FailureAnalysis analysis = new ServerStartFailureAnalyzer(this.context.getEnvironment()).analyze(failure,
				failure);
		return analysis.getDescription() + " " + analysis.getAction();
	}

	/**
	 * Learns that the context is refreshed. Called after all other listeners, which may
	 * take their time.
	 */
	@Override
	public void onApplicationEvent(ContextRefreshedEvent event) {
		if (event.getApplicationContext() == this.context) {
			this.refreshed = true;
		}
	}

	@Override
	public int getOrder() {
		return LOWEST_PRECEDENCE;
	}

}
