package dev.socketserver.mailbox;

import dev.socketserver.fixtures.architecture.EveryModule;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

class ArchitectureTests implements EveryModule {

	@Test
	void whatIsInsideTheCoreStaysThere() {
		RULES.whatIsInsideTheCoreStaysThere("letters are sent as any module could send them");
	}

	@Test
	void deliveriesDoNotKnowWhereLettersAre() {
		noClasses().that()
			.resideInAnyPackage("dev.socketserver.mailbox", "dev.socketserver.mailbox.store..",
					"dev.socketserver.mailbox.delivery..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.springframework..", "java.sql..", "javax.sql..")
			.because("each store does the same")
			.check(RULES.main());
	}

	@Test
	void nothingFollowsTheClockOfTheNode() {
		RULES.nothingFollowsTheWallClock("only the clock of the store counts");
	}

}
