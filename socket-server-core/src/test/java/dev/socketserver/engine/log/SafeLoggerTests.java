package dev.socketserver.engine.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.log.ThrowingAppender;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

class SafeLoggerTests {

	@RegisterExtension
	final LogLines log = new LogLines(SafeLoggerTests.class);

	private final SafeLogger logger = SafeLogger.of(SafeLoggerTests.class);

	@Test
	void saysWhatItIsAsked() {
		IllegalStateException failure = new IllegalStateException("why");
		this.logger.debug("not at this level {}", 1);
		this.logger.info("nothing more");
		this.logger.warn("one {}, two {}", 1, null);
		assertThat(this.logger.error("three {}", 3, failure)).isTrue();
		assertThat(this.log.messages()).containsExactly("nothing more", "one 1, two null", "three 3");
		assertThat(this.log.events()).extracting(ILoggingEvent::getLevel)
			.containsExactly(Level.INFO, Level.WARN, Level.ERROR);
		assertThat(this.log.events().get(2).getThrowableProxy().getMessage()).isEqualTo("why");
	}

	@Test
	void failureOfALoggerHarmsNobody() {
		Logger target = (Logger) LoggerFactory.getLogger(SafeLoggerTests.class);
		target.setLevel(Level.DEBUG);
		try (ThrowingAppender throwing = new ThrowingAppender(target.getName())) {
			assertThat(throwing).isNotNull();
			this.logger.debug("lost");
			this.logger.info("lost");
			this.logger.warn("lost");
			assertThat(this.logger.error("lost")).isFalse();
		}
		finally {
			target.setLevel(null);
		}
		assertThat(this.logger.error("said again")).isTrue();
	}

	@Test
	void exceptionThatCannotBeShownIsAskedToTheCaller() {
		assertThat(this.logger.error("failed", new RuntimeException() {

			private static final long serialVersionUID = 1L;

			@Override
			public String getMessage() {
				throw new IllegalStateException("No message");
			}

		})).isFalse();
	}

}
