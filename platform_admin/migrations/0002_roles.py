from __future__ import annotations

from django.conf import settings
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from platform_admin.grants import grant

FINAL_AUDIT = """
CREATE FUNCTION muster_audit_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit is final: % of its rows is refused.', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER muster_audit_is_final
    BEFORE UPDATE OR DELETE ON platform_admin_auditevent
    FOR EACH ROW EXECUTE FUNCTION muster_audit_is_final();
"""

CHANGEABLE_AUDIT = """
DROP TRIGGER muster_audit_is_final ON platform_admin_auditevent;
DROP FUNCTION muster_audit_is_final();
"""


def grant_application(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    grant(schema_editor.connection, settings.APPLICATION_ROLE)


class Migration(migrations.Migration):
    """The two database roles, and the audit that nobody changes."""

    dependencies = [("platform_admin", "0001_nouns")]

    operations = [
        migrations.RunSQL(FINAL_AUDIT, CHANGEABLE_AUDIT),
        migrations.RunPython(grant_application, migrations.RunPython.noop),
    ]
