package dev.socketserver.autoconfigure.durable;

import javax.sql.DataSource;

import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mockito.Mockito;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/** Which database it is, by what its driver says. */
class DatabaseTests {

	private static Database database(String product, String version) throws Exception {
		DataSource source = mock(DataSource.class, Mockito.RETURNS_DEEP_STUBS);
		given(source.getConnection().getMetaData().getDatabaseProductName()).willReturn(product);
		given(source.getConnection().getMetaData().getDatabaseProductVersion()).willReturn(version);
		return Database.of(source, (where) -> new InvalidSocketPropertyException("a.key", "jdbc", "it can be " + where,
				"Use one of these"));
	}

	@ParameterizedTest
	@CsvSource({ "H2, 2.3.232, H2", "PostgreSQL, 17.2, POSTGRESQL", "MariaDB, 11.4.2-MariaDB-deb12, MARIADB",
			"MySQL, 5.5.5-10.11.6-MariaDB-0+deb12u1, MARIADB", "MySQL, 11.4.2-MariaDB-deb12, MARIADB" })
	void isFoundByItsName(String product, String version, Database expected) throws Exception {
		assertThat(database(product, version)).isEqualTo(expected);
	}

	@ParameterizedTest
	@CsvSource({ "MySQL, 8.4.3", "Oracle, 19", "HSQL Database Engine, 2.7.4" })
	void anotherOneIsRefused(String product, String version) {
		assertThatThrownBy(() -> database(product, version)).isInstanceOf(InvalidSocketPropertyException.class)
			.hasMessage("Property a.key is 'jdbc': it can be in H2, PostgreSQL and MariaDB, and not in " + product
					+ ". Use one of these.");
	}

	@Test
	void hasAScript() {
		assertThat(Database.POSTGRESQL.script("folder")).isEqualTo("folder/schema-postgresql.sql");
	}

}
