package dev.socketserver;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.pattern.TargetLengthBasedClassNameAbbreviator;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.LayoutBase;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;

/**
 * What tests log, and the JVMs that they start. No file says it, and no pattern: to read
 * them would be a third of what starting a JVM with a server costs. Logback finds it by
 * itself.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_NORMAL_PRIORITY)
public final class ConsoleLog extends ContextAwareBase implements Configurator {

	@Override
	public ExecutionStatus configure(LoggerContext context) {
		Lines lines = new Lines();
		lines.setContext(context);
		lines.start();
		LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
		encoder.setContext(context);
		encoder.setLayout(lines);
		encoder.start();
		ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
		appender.setContext(context);
		appender.setName("console");
		appender.setEncoder(encoder);
		appender.start();
		Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
		root.addAppender(appender);
		// Keeps what a failed test needs, and Netty's leak reports, which are errors.
		root.setLevel(Level.INFO);
		return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
	}

	/** Time, level, thread, logger and message of an event, and the stack trace. */
	private static final class Lines extends LayoutBase<ILoggingEvent> {

		private final DateTimeFormatter time = DateTimeFormatter.ofPattern("HH:mm:ss.SSS")
			.withZone(ZoneId.systemDefault());

		private final TargetLengthBasedClassNameAbbreviator names = new TargetLengthBasedClassNameAbbreviator(24);

		@Override
		public String doLayout(ILoggingEvent event) {
			StringBuilder line = new StringBuilder(200);
			this.time.formatTo(Instant.ofEpochMilli(event.getTimeStamp()), line);
			String level = event.getLevel().toString();
			line.append(' ').append(level).append(" ".repeat(Math.max(0, 5 - level.length())));
			line.append(" [").append(event.getThreadName()).append("] ");
			line.append(this.names.abbreviate(event.getLoggerName())).append(" - ").append(event.getFormattedMessage());
			line.append('\n');
			if (event.getThrowableProxy() != null) {
				line.append(ThrowableProxyUtil.asString(event.getThrowableProxy()));
			}
			return line.toString();
		}

	}

}
