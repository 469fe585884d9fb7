package dev.socketserver;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.slf4j.LoggerFactory;

/**
 * Makes a logger throw for whatever it is told at a level that is on, as some do whose
 * disk is full.
 */
public final class ThrowingAppender extends AppenderBase<ILoggingEvent> implements AutoCloseable {

	private final Logger logger;

	/**
	 * Makes a logger throw, and those below it.
	 * @param logger its name
	 */
	public ThrowingAppender(String logger) {
		this.logger = (Logger) LoggerFactory.getLogger(logger);
		this.logger.addAppender(this);
	}

	@Override
	public void doAppend(ILoggingEvent event) {
		throw new IllegalStateException("This logger throws " + event.getMessage());
	}

	@Override
	protected void append(ILoggingEvent event) {
	}

	/** The logger throws no more. */
	@Override
	public void close() {
		this.logger.detachAppender(this);
	}

}
