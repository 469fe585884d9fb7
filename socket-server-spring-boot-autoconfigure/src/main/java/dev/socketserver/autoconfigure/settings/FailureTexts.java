package dev.socketserver.autoconfigure.settings;

import java.util.List;

import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.env.Environment;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.ArgumentResolver;
import org.springframework.core.io.support.SpringFactoriesLoader.FailureHandler;
import org.springframework.util.StringUtils;

/**
 * Explains failures as the start of an application does that fails with them.
 */
final class FailureTexts {

	private final List<FailureAnalyzer> analyzers;

	private final SecretValues secrets;

	FailureTexts(BeanFactory beans, Environment environment) {
		this.secrets = new SecretValues(environment);
		this.analyzers = SpringFactoriesLoader.forDefaultResourceLocation(FailureTexts.class.getClassLoader())
			.load(FailureAnalyzer.class,
					ArgumentResolver.of(BeanFactory.class, beans).and(Environment.class, environment),
					FailureHandler.handleMessage((message, failure) -> {
						// Boot has said so at the start.
					}));
	}

	/** Returns what is wrong and what to do about it, without secrets. */
	String of(Throwable failure) {
		return this.secrets.hide(text(failure));
	}

	/**
	 * Returns the mistake that has caused a failure.
	 * @param failure the failure
	 * @param wrong the wrong property that it is about; {@code null} if there is none
	 * @param otherwise what it is about then
	 */
	Mistake mistake(Throwable failure, @Nullable InvalidSocketPropertyException wrong, String otherwise) {
		String value = (wrong != null) ? wrong.value() : null;
		return Mistake.of((wrong != null) ? wrong.property() : otherwise,
				(value != null) ? this.secrets.hide(value) : null, of(failure));
	}

	private String text(Throwable failure) {
		for (FailureAnalyzer analyzer : this.analyzers) {
			FailureAnalysis analysis = analyze(analyzer, failure);
			if (analysis != null) {
				return StringUtils.hasText(analysis.getAction()) ? analysis.getDescription() + System.lineSeparator()
						+ System.lineSeparator() + analysis.getAction() : analysis.getDescription();
			}
		}
		return String.valueOf(failure.getMessage());
	}

	private static @Nullable FailureAnalysis analyze(FailureAnalyzer analyzer, Throwable failure) {
		try {
			return analyzer.analyze(failure);
		}
		catch (Throwable ex) {
			// As Boot does.
			return null;
		}
	}

	/** Returns the wrong property that a failure is about, or {@code null}. */
	static @Nullable InvalidSocketPropertyException property(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof InvalidSocketPropertyException found) {
				return found;
			}
		}
		return null;
	}

}
