package dev.socketserver.autoconfigure.properties;

import java.util.List;
import java.util.stream.Stream;

import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is said about a start that failed because of a property.
 */
public final class FailedStart {

	private FailedStart() {
	}

	/**
	 * Returns why an application did not start.
	 * @param context the application
	 * @return the exception about the property; the test fails if there is none
	 */
	public static InvalidSocketPropertyException failure(AssertableApplicationContext context) {
		Throwable cause = context.getStartupFailure();
		while (cause != null && !(cause instanceof InvalidSocketPropertyException)) {
			cause = cause.getCause();
		}
		assertThat(cause).as("what of %s is about a property", context)
			.isInstanceOf(InvalidSocketPropertyException.class);
		return (InvalidSocketPropertyException) cause;
	}

	/**
	 * Checks that an application does not start, because of a property.
	 * @param runner runs the application
	 * @param property the name of the property, perhaps with its value behind {@code =}
	 * @param reason what the message has
	 */
	public static void assertNames(ApplicationContextRunner runner, String property, String reason) {
		runner.run((context) -> assertThat(failure(context)).hasMessageContaining(property.split("=")[0])
			.hasMessageContaining(reason));
	}

	/**
	 * Returns what is said of a start, on one line each.
	 * @param context the application
	 * @return {@code starts}, or description and action of the failure; nothing, if it is
	 * about something else than a property
	 */
	static List<String> said(AssertableApplicationContext context) {
		Throwable failure = context.getStartupFailure();
		if (failure == null) {
			return List.of("starts");
		}
		FailureAnalysis analysis = new InvalidSocketPropertyFailureAnalyzer(new MockEnvironment()).analyze(failure);
		return (analysis == null) ? List.of()
				: Stream.of(analysis.getDescription(), analysis.getAction())
					.map((text) -> String.valueOf(text).replaceAll("\\s+", " "))
					.toList();
	}

	/**
	 * Returns what the application prints before it ends.
	 * @param context the application
	 * @return description and action; the test fails if there are none
	 */
	public static FailureAnalysis analysis(AssertableApplicationContext context) {
		Throwable failure = context.getStartupFailure();
		assertThat(failure).isNotNull();
		FailureAnalysis analysis = new InvalidSocketPropertyFailureAnalyzer(new MockEnvironment()).analyze(failure);
		assertThat(analysis).as("analysis of " + failure).isNotNull();
		return analysis;
	}

}
