package dev.socketserver.bridge;

import dev.socketserver.fixtures.architecture.EveryModule;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

class ArchitectureTests implements EveryModule {

	@Test
	void whatIsInsideTheCoreStaysThere() {
		RULES.whatIsInsideTheCoreStaysThere("messages are prepared as any module could prepare them");
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

}
