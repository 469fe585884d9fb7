package dev.socketserver.repl;

import java.nio.file.Path;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.socketserver.fixtures.architecture.ModuleRules;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

class ArchitectureTests {

	private static final JavaClasses MAIN = new ClassFileImporter().importPath(Path.of("target/classes"));

	@Test
	void packagesHaveNoCycles() {
		ModuleRules.packagesHaveNoCycles().check(MAIN);
	}

	/** CVE-2023-20863, CVE-2026-41850, -41851, -59283: an expression is code. */
	@Test
	void expressionsAreEvaluatedInOneRoom() {
		noClasses().that()
			.resideOutsideOfPackage("dev.socketserver.repl.evaluate..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.springframework.expression..", "jdk.jshell..", "javax.script..")
			.because("whoever asks what can run code needs to read that room only")
			.check(MAIN);
	}

	@Test
	void evaluatingKnowsNoSessions() {
		noClasses().that()
			.resideInAPackage("dev.socketserver.repl.evaluate..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("dev.socketserver", "dev.socketserver.repl", "dev.socketserver.repl.terminal..")
			.because("a language can be read and tested without a socket")
			.check(MAIN);
	}

	@Test
	void autoConfigurationsAreFinal() {
		ModuleRules.autoConfigurationsAreFinal()
			.because("applications may name them, to exclude or order, and nothing else")
			.check(MAIN);
	}

}
