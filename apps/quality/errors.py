"""What can go wrong with gold, hidden tests and audits."""

from apps.core.errors import Conflict, Invalid, NotAllowed


class AlreadyGold(Conflict):
    code, title = "already_gold", "This revision is gold already"


class NotGoldMaterial(Invalid):
    code, title = "not_gold_material", "This cannot be gold"


class AlreadyLifted(Conflict):
    code, title = "already_lifted", "This was lifted already"


class AlarmSettled(Conflict):
    code, title = "alarm_settled", "This alarm was settled already"


class ExamFirst(Conflict):
    code, title = "exam_first", "An exam comes before work here"


class NoExam(Conflict):
    code, title = "no_exam", "There is no exam to begin"


class Paused(NotAllowed):
    code, title = "paused_by_tests", "Your work in this project is paused"


class NothingToAudit(Invalid):
    code, title = "nothing_to_audit", "No accepted task fits"


class AuditOver(Conflict):
    code, title = "audit_over", "The audit is over"


class AuditNotRejected(Conflict):
    code, title = "audit_not_rejected", "Only what a finished audit rejected is reopened"


class NobodyToAudit(Conflict):
    code, title = "nobody_to_audit", "Nobody is left who neither made nor reviewed these tasks"


class NothingToTake(Conflict):
    code, title = "nothing_to_take", "Nothing waits that the model is trusted with"
