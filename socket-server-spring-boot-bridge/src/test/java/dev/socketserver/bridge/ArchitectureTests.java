package dev.socketserver.bridge;

import dev.socketserver.fixtures.architecture.ModuleRules;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

class ArchitectureTests {

	private static final ModuleRules RULES = new ModuleRules();

	@Test
	void packagesHaveNoCycles() {
		ModuleRules.packagesHaveNoCycles().check(RULES.main());
	}

	@Test
	void roomsDependOnWhatTheyName() {
		RULES.roomsDependOnWhatTheyName();
	}

	@Test
	void whatIsInsideTheCoreStaysThere() {
		noClasses().should()
			.dependOnClassesThat()
			.resideInAnyPackage("dev.socketserver.engine..", "dev.socketserver.netty..", "io.netty..")
			.because("messages are prepared as any module could prepare them")
			.check(RULES.main());
	}

	@Test
	void sessionsDoNotKnowWhereMessagesAreStored() {
		noClasses().that()
			.resideInAPackage("dev.socketserver.bridge.session..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("java.sql..", "javax.sql..", "org.springframework.jdbc..",
					"org.springframework.kafka..", "org.springframework.messaging..")
			.because("each store does the same")
			.check(RULES.main());
	}

	@Test
	void nobodySleepsOrPrints() {
		RULES.nobodySleepsOrPrints();
	}

	@Test
	void everyPackageIsNullMarked() {
		RULES.everyPackageIsNullMarked();
	}

}
